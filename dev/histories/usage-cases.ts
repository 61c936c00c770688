import { ApplicationFailure } from '@temporalio/common';
import { honestActivities } from './activities.ts';
import { once } from './case.ts';
import type { HistoryCases } from './case.ts';

const input = { after: null, sofar: { scopes: 0, repaired: 0, busy: 0 } };
const behind = ApplicationFailure.retryable('the ledger is far behind', 'unavailable');
const page = { scopes: 100, repaired: 0, busy: 1 };

export const usageCases: HistoryCases = {
  'one-page': () => ({ input }),

  'waited-for-the-ledger': () => ({
    input,
    faults: { reconcileUsers: once(behind, honestActivities.reconcileUsers) },
  }),

  'first-of-two-runs': () => ({
    input,
    faults: { reconcileUsers: async ({ after }) => ({ ...page, next: nextAfter(after) }) },
  }),
};

/** More pages than one run takes. */
function nextAfter(after: string | null): string | null {
  const number = Number(after?.slice('usr_'.length) ?? 0) + 1;
  return number > 50 ? null : `usr_${number}`;
}
