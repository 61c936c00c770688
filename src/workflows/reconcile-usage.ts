import { continueAsNew, setCurrentDetails } from '@temporalio/workflow';
import { store } from './activities.ts';

/** Where the comparison goes on after `continueAsNew`; nothing at its start. */
export type ReconcileUsageInput = { after: string | null; sofar: ReconciledCounts };

/** `busy` scopes were moved by calls at every look; the next round sees to them. */
export type ReconciledCounts = { scopes: number; repaired: number; busy: number };

/** Compares what limits count with what was used, for every user, a page at a time, and repairs the counters. */
export async function reconcileUsage({ after, sofar } = atTheStart): Promise<ReconciledCounts> {
  const counts = { ...sofar };
  let from = after;
  for (let page = 1; page <= PAGES_A_RUN; page++) {
    setCurrentDetails(details(counts, `Compares the users after ${from ?? 'none'}`));
    const { next, scopes, repaired, busy } = await store.reconcileUsers.executeWithOptions(
      { summary: `Compares ${USERS_A_PAGE} users` },
      [{ after: from, limit: USERS_A_PAGE }],
    );
    counts.scopes += scopes;
    counts.repaired += repaired;
    counts.busy += busy;
    if (next === null) return done(counts);
    from = next;
  }
  return continueAsNew<typeof reconcileUsage>({ after: from, sofar: counts });
}

const USERS_A_PAGE = 100;
const PAGES_A_RUN = 50;

const atTheStart: ReconcileUsageInput = { after: null, sofar: { scopes: 0, repaired: 0, busy: 0 } };

function done(counts: ReconciledCounts): ReconciledCounts {
  setCurrentDetails(details(counts, 'Done'));
  return counts;
}

const details = (counts: ReconciledCounts, now: string) =>
  [now, ...Object.entries(counts).map(([what, count]) => `- ${what}: ${count}`)].join('\n');
