import { ApplicationFailure } from '@temporalio/common';
import { honestActivities } from './activities.ts';
import { once } from './case.ts';
import type { HistoryCases } from './case.ts';

const input = { accountId: 'acc_1', userId: 'usr_1' };
const loggedOut = ApplicationFailure.nonRetryable('logged out', 'needs_login');
const workerLost = ApplicationFailure.nonRetryable('no heartbeat', 'worker_lost');

export const accountAnalyticsCases: HistoryCases = {
  collected: () => ({ input }),
  'without-posts': () => ({ input, faults: { postsToCollect: async () => ({ postIds: [] }) } }),
  'needs-login': () => ({ input, faults: { collectNumbers: once(loggedOut, honestActivities.collectNumbers) } }),
  'worker-replaced': () => ({ input, faults: { collectNumbers: once(workerLost, honestActivities.collectNumbers) } }),
};

const accounts = ['acc_1', 'acc_2'].map((accountId) => ({ accountId, userId: 'usr_1' }));
const sofar = { collected: 3, needs_login: 1, running: 0, failed: 0 };

export const allAnalyticsCases: HistoryCases = {
  'first-page': () => ({
    input: { after: null, sofar: { collected: 0, needs_login: 0, running: 0, failed: 0 } },
    faults: { accountsToCollect: async ({ after }) => ({ accounts, next: after === null ? 'acc_2' : null }) },
  }),

  'last-page-with-a-failure': () => ({
    input: { after: 'acc_0', sofar },
    faults: {
      accountsToCollect: async () => ({ accounts, next: null }),
      async collectNumbers(wanted) {
        if (wanted.accountId === 'acc_1') throw ApplicationFailure.nonRetryable('no list', 'selector_drift');
        return honestActivities.collectNumbers(wanted);
      },
    },
  }),
};
