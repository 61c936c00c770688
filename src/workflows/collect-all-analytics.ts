import { CancellationScope, continueAsNew, executeChild, setCurrentDetails } from '@temporalio/workflow';
import { store } from './activities.ts';
import type { collectAccountAnalytics } from './collect-account-analytics.ts';
import { analyticsWorkflowId } from './ids.ts';

/** Where the collection goes on after `continueAsNew`; nothing at its start. */
export type CollectAllInput = { after: string | null; sofar: CollectionCounts };

/** `running` accounts were being collected already, by their owner or an earlier run. */
export type CollectionCounts = Record<AccountEnd, number>;

type AccountEnd = 'collected' | 'needs_login' | 'running' | 'failed';

/** Every account, a page at a time; what fails for one account is that account's own run to look at. */
export async function collectAllAnalytics(from: CollectAllInput = atTheStart): Promise<CollectionCounts> {
  const { accounts, next } = await store.accountsToCollect({ after: from.after, limit: ACCOUNTS_A_PAGE });
  setCurrentDetails(details(from.sofar, `Collects ${accounts.length} accounts`));
  const ends = await Promise.all(accounts.map(collect));
  const counts = { ...from.sofar };
  for (const end of ends) counts[end] += 1;
  if (next !== null) await continueAsNew<typeof collectAllAnalytics>({ after: next, sofar: counts });
  setCurrentDetails(details(counts, 'Done'));
  return counts;
}

const ACCOUNTS_A_PAGE = 20;

const atTheStart: CollectAllInput = {
  after: null,
  sofar: { collected: 0, needs_login: 0, running: 0, failed: 0 },
};

type Account = { accountId: string; userId: string };

async function collect({ accountId, userId }: Account): Promise<AccountEnd> {
  try {
    const { outcome } = await executeChild<typeof collectAccountAnalytics>('collectAccountAnalytics', {
      workflowId: analyticsWorkflowId(accountId),
      args: [{ accountId, userId }],
      staticSummary: 'Collects the numbers of one account',
      typedSearchAttributes: attributesOf({ accountId, userId }),
      workflowExecutionTimeout: LONGEST_COLLECTION,
      parentClosePolicy: 'ABANDON',
    });
    return outcome;
  } catch (error) {
    if (CancellationScope.current().consideredCancelled) throw error; // we are, and not only this account's run
    return isAlreadyRunning(error) ? 'running' : 'failed';
  }
}

/** By name: workflow code sees the class only through a package that it must not import. */
const isAlreadyRunning = (error: unknown) =>
  error instanceof Error && error.name === 'WorkflowExecutionAlreadyStartedError';

/** Without a browser worker an account would wait for ever, and with it the accounts of the next page. */
const LONGEST_COLLECTION = '30m';

/** The names and types of `infra/temporal/search-attributes.ts`, which a workflow cannot import. */
const attributesOf = ({ accountId, userId }: Account) => [
  { key: { name: 'TaskKind', type: 'KEYWORD' as const }, value: 'analytics' },
  { key: { name: 'UserId', type: 'KEYWORD' as const }, value: userId },
  { key: { name: 'AccountId', type: 'KEYWORD' as const }, value: accountId },
];

const details = (counts: CollectionCounts, now: string) =>
  [now, ...Object.entries(counts).map(([end, count]) => `- ${end}: ${count}`)].join('\n');
