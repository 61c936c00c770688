import { CompleteAsyncError } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { Activities } from './activities.ts';

/** One way through one workflow. */
export type HistoryCase = {
  input: object;
  /** Activities that behave otherwise than in the honest world. */
  faults?: Partial<Activities>;
  /** What people do to the run while it lasts. */
  steer?(run: WorkflowHandle): Promise<unknown>;
};

/** The cases of one workflow, each made anew for its recording. */
export type HistoryCases = Record<string, () => HistoryCase>;

/** A fault that happens the first time only; afterwards all is well. */
export function once<Input, Output>(fault: Error, then: (input: Input) => Promise<Output>) {
  let isFirst = true;
  return async (input: Input): Promise<Output> => {
    if (!isFirst) return then(input);
    isFirst = false;
    throw fault;
  };
}

/** The caller may spend no more. */
export const monthUsedUp: Partial<Activities> = {
  planCompletion: async () => {
    throw ApplicationFailure.nonRetryable('the month is used up', 'quota_exceeded');
  },
};

/** The run is cancelled while a model is being asked, and the attempt goes on until then. */
export const cancelledWhileAsking = (input: object) => cancelledDuring('attemptCompletion', input);

/** The run is cancelled while this step is under way. */
export function cancelledDuring(step: 'planCompletion' | 'attemptCompletion', input: object): HistoryCase {
  const asked = Promise.withResolvers<void>();
  return {
    input,
    faults: {
      async [step]() {
        asked.resolve();
        throw new CompleteAsyncError();
      },
    },
    async steer(run) {
      await asked.promise;
      await run.cancel();
    },
  };
}
