import {
  ActivityFailure,
  ApplicationFailure,
  ChildWorkflowFailure,
  TemporalFailure,
  TimeoutFailure,
} from '@temporalio/workflow';

/**
 * The error code and words that an activity or a child ended with, as `activities/failures.ts` wrote them. Anything else
 * is a mistake in the workflow's own code: it is thrown on, and the run waits for a corrected worker.
 */
export function failureOf(error: unknown): { code: string; message: string } {
  if (error instanceof ActivityFailure || error instanceof ChildWorkflowFailure) return failureOf(error.cause);
  if (error instanceof TimeoutFailure && error.timeoutType === 'SCHEDULE_TO_START')
    return { code: 'browser_busy', message: 'No worker took the step in time.' };
  if (error instanceof TimeoutFailure) return { code: 'worker_lost', message: 'The worker did not answer in time.' };
  if (error instanceof ApplicationFailure) return { code: error.type ?? 'internal', message: error.message };
  if (error instanceof TemporalFailure) return { code: 'internal', message: error.message };
  throw error;
}

/** Whether it was the machinery and not the work: a lost worker, a dead browser, a slow page, a site that is away. Another try may do better. */
export const isPassing = (code: string) => passing.has(code);

const passing = new Set([
  'worker_lost',
  'internal',
  'browser_busy',
  'unavailable',
  'upstream_timeout',
  'upstream_failed',
]);
