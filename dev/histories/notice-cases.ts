import { ApplicationFailure } from '@temporalio/common';
import { honestActivities } from './activities.ts';
import { once } from './case.ts';
import type { HistoryCases } from './case.ts';

const input = { deliveryId: 'dlv_1' };
const outcomes = (...states: ('pending' | 'delivered' | 'failed' | 'gone')[]) => ({
  attemptDelivery: async ({ attempt }: { attempt: number }) => {
    const state = states[attempt - 1] ?? 'failed';
    return state === 'pending' ? { state, waitMs: 10 } : { state };
  },
});

export const deliveryCases: HistoryCases = {
  delivered: () => ({ input }),
  'delivered-at-the-third-attempt': () => ({ input, faults: outcomes('pending', 'pending', 'delivered') }),
  failed: () => ({ input, faults: outcomes('pending', 'failed') }),
  'webhook-deleted': () => ({ input, faults: outcomes('gone') }),
};

const busy = ApplicationFailure.create({ type: 'upstream_failed', message: 'not taken', nextRetryDelay: '10ms' });
const refused = ApplicationFailure.nonRetryable('no such address', 'upstream_rejected');

export const mailCases: HistoryCases = {
  sent: () => ({ input: { mailId: 'eml_1' } }),
  'sent-later': () => ({
    input: { mailId: 'eml_1' },
    faults: { mailNotice: once(busy, honestActivities.mailNotice) },
  }),
  refused: () => ({
    input: { mailId: 'eml_1' },
    faults: {
      mailNotice: async () => {
        throw refused;
      },
    },
  }),
};
