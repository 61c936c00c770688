import { isCancellation, setCurrentDetails, sleep, workflowInfo } from '@temporalio/workflow';
import { anyBrowser, browserOn, store } from './activities.ts';
import { failureOf, isPassing } from './failure-of.ts';

export type CollectAccountInput = { accountId: string; userId: string };

/** `needs_login` is an end like any other: the account waits for its owner, and nobody has to look at the run. */
export type CollectedAccount = { outcome: 'collected'; posts: number } | { outcome: 'needs_login' };

/** The numbers of one account's posts, read once and recorded once per run. */
export async function collectAccountAnalytics({ accountId }: CollectAccountInput): Promise<CollectedAccount> {
  const { postIds } = await store.postsToCollect({ accountId });
  if (postIds.length === 0) return ended({ outcome: 'collected', posts: 0 });

  setCurrentDetails(`Reads the numbers of ${postIds.length} posts in a browser`);
  const reading = await readNumbers(accountId, postIds);
  if (reading === 'needs_login') return ended({ outcome: 'needs_login' });

  const collection = { accountId, collectionId: workflowInfo().runId, numbers: reading };
  await store.recordNumbers.executeWithOptions({ summary: `Records ${reading.length} posts` }, [collection]);
  return ended({ outcome: 'collected', posts: reading.length });
}

type Numbers = { postId: string; views: number; comments: number }[];

/** Read-only, so when its worker is lost it goes to another one. */
async function readNumbers(accountId: string, postIds: string[]): Promise<Numbers | 'needs_login'> {
  for (let look = 1; ; look += 1) {
    try {
      const { workerId } = await anyBrowser.reserveSession({ accountId });
      return (await browserOn(workerId).collectNumbers({ accountId, postIds })).numbers;
    } catch (error) {
      if (isCancellation(error)) throw error;
      const { code } = failureOf(error);
      if (code === 'needs_login' || code === 'needs_grant') return 'needs_login';
      if (!isPassing(code) || look >= MOST_LOOKS) throw error;
      await sleep(BETWEEN_LOOKS_MS);
    }
  }
}

const MOST_LOOKS = 3;
const BETWEEN_LOOKS_MS = 2_000;

function ended(collected: CollectedAccount): CollectedAccount {
  setCurrentDetails(collected.outcome === 'collected' ? `Collected ${collected.posts} posts` : 'Needs a new login');
  return collected;
}
