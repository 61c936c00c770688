import {
  ActivityFailure,
  ApplicationFailure,
  ChildWorkflowFailure,
  TemporalFailure,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { Details } from '../errors.ts';

/**
 * The error code, words and details that an activity or a child ended with, as `activities/failures.ts` wrote them. Anything else
 * is a mistake in the workflow's own code: it is thrown on, and the run waits for a corrected worker.
 */
export function failureOf(error: unknown): StepFailure {
  if (error instanceof ActivityFailure || error instanceof ChildWorkflowFailure) return failureOf(error.cause);
  if (error instanceof TimeoutFailure && error.timeoutType === 'SCHEDULE_TO_START')
    return failed('browser_busy', 'No worker took the step in time.');
  if (error instanceof TimeoutFailure && error.timeoutType === 'START_TO_CLOSE')
    return failed('upstream_timeout', 'The step took longer than it may.');
  if (error instanceof TimeoutFailure) return failed('worker_lost', 'The worker did not answer in time.');
  if (error instanceof ApplicationFailure)
    return { ...failed(error.type ?? 'internal', error.message), details: detailsOf(error) };
  if (error instanceof TemporalFailure) return failed('internal', error.message);
  throw error;
}

export type StepFailure = { code: string; message: string; details: Details | null };

const failed = (code: string, message: string): StepFailure => ({ code, message, details: null });

function detailsOf({ details }: ApplicationFailure): Details | null {
  const first: unknown = details?.[0];
  return typeof first === 'object' && first !== null ? { ...first } : null;
}

/** Whether it was the machinery and not the work: a lost worker, a dead browser, a slow page, a site that is away. Another try may do better. */
export const isPassing = (code: string) => passing.has(code);

const passing = new Set([
  'worker_lost',
  'browser_lost',
  'internal',
  'browser_busy',
  'risk_signal',
  'unavailable',
  'upstream_timeout',
  'upstream_failed',
]);
