import { cancelledWhileAsking, monthUsedUp } from './case.ts';
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

  failed: () => ({ input, faults: monthUsedUp }),

  cancelled: () => cancelledWhileAsking(input),
};
