import { CompleteAsyncError } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { HistoryCases } from './case.ts';

const input = { articleId: 'art_1', userId: 'usr_1' };

export const articleCases: HistoryCases = {
  ready: () => ({ input }),

  'with-redraft': () => ({
    input,
    faults: { acceptForArticle: async ({ step }) => ({ usable: true, redraft: step === 'review' }) },
  }),

  'asked-again': () => ({
    input,
    faults: {
      acceptForArticle: async ({ step, attempt }) => ({ usable: step !== 'draft' || attempt > 1, redraft: false }),
    },
  }),

  failed: () => ({
    input,
    faults: {
      planCompletion: async () => {
        throw ApplicationFailure.nonRetryable('the month is used up', 'quota_exceeded');
      },
    },
  }),

  cancelled: () => {
    const asked = Promise.withResolvers<void>();
    return {
      input,
      faults: {
        async attemptCompletion() {
          asked.resolve();
          throw new CompleteAsyncError(); // goes on until the run cancels it
        },
      },
      async steer(run) {
        await asked.promise;
        await run.cancel();
      },
    };
  },
};
