import { ActivityFailure, ApplicationFailure, ChildWorkflowFailure, TimeoutFailure } from '@temporalio/workflow';

/** The error code and words that an activity or a child ended with, as `activities/failures.ts` wrote them. */
export function failureOf(error: unknown): { code: string; message: string } {
  if (error instanceof ActivityFailure || error instanceof ChildWorkflowFailure) return failureOf(error.cause);
  if (error instanceof TimeoutFailure) return { code: 'worker_lost', message: 'The worker did not answer in time.' };
  if (error instanceof ApplicationFailure) return { code: error.type ?? 'internal', message: error.message };
  return { code: 'internal', message: error instanceof Error ? error.message : String(error) };
}
