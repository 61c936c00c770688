import { ApplicationFailure } from '@temporalio/common';
import type { AttemptOutcome } from '../../src/domain/llm/chain.policy.ts';
import { cancelledDuring, cancelledWhileAsking, monthUsedUp } from './case.ts';
import type { HistoryCases } from './case.ts';

const input = { completionId: 'cmp_1' };

const failure = (status: number): AttemptOutcome => ({
  kind: 'failed',
  reason: 'status',
  status,
  retryAfterMs: 10,
  random: 0.5,
});

export const completionCases: HistoryCases = {
  answered: () => ({ input }),

  fallback: () => ({
    input,
    faults: {
      attemptCompletion: async ({ candidate }) => (candidate.modelId === 'first' ? failure(401) : { kind: 'answered' }),
    },
  }),

  'waited-and-failed': () => ({ input, faults: { attemptCompletion: async () => failure(503) } }),

  refused: () => ({ input, faults: monthUsedUp }),

  /** As `refused`, but settled: those of before were not. */
  'refused-and-settled': () => ({
    input,
    faults: {
      planCompletion: async () => {
        throw ApplicationFailure.nonRetryable('the month is used up', 'limit_exceeded', { period_quota: true });
      },
    },
  }),

  broken: () => ({
    input,
    faults: {
      attemptCompletion: async () => {
        throw ApplicationFailure.nonRetryable('its format cannot say that', 'invalid_request');
      },
    },
  }),

  'cancelled-while-planning': () => cancelledDuring('planCompletion', input),

  cancelled: () => cancelledWhileAsking(input),
};
