import { Grant } from '../../entities/grant.ts';
import { PlatformAccount } from '../../entities/platform-account.ts';
import { PostMetric } from '../../entities/post-metric.ts';
import { Publication } from '../../entities/publication.ts';
import type { Database } from '../../infra/database.ts';
import { newId } from '../../infra/ids.ts';
import { once } from '../idempotency/idempotency.ts';
import { overviewOf } from './overview.ts';
import { pageOfPosts } from './post-page.ts';

/** A cool-down ends by itself, and nobody may have seen it since. */
const isActive = (now: Date) => [
  { health: 'active' as const },
  { health: 'cooling_down' as const, healthUntil: { $lte: now } },
];

/** The numbers of published posts: which to collect, what was collected, and what it adds up to. */
export function createAnalytics({ database, now }: { database: Database; now: () => Date }) {
  return {
    /** @returns the id of a collection that is to be run once; the same Idempotency-Key answers the same id */
    async orderCollection({ userId, accountId, idempotencyKey }: CollectionOrder): Promise<string> {
      const order = {
        userId,
        operation: 'collect-analytics',
        key: idempotencyKey,
        body: { account: accountId },
        create: newCollection,
      };
      return (await once(database.em.fork(), order)).resourceId;
    },

    /**
     * Accounts with published posts whose owner lets us look at them: a grant for analytics that has not expired.
     * @param after the `next` of the page before; null for the first page
     */
    async accountsToCollect({ after, limit }: { after: string | null; limit: number }): Promise<AccountPage> {
      const em = database.em.fork();
      const granted = await em.findAll(Grant, {
        where: { purpose: 'analytics', expiresAt: { $gt: now() } },
        fields: ['accountId'],
      });
      const id = { $in: granted.map(({ accountId }) => accountId), ...(after === null ? {} : { $gt: after }) };
      const accounts = await em.find(PlatformAccount, { id, $or: isActive(now()) }, { orderBy: { id: 'asc' }, limit });
      const next = accounts.length < limit ? null : (accounts.at(-1)?.id ?? null);
      return { accounts: accounts.map((account) => ({ accountId: account.id, userId: account.userId })), next };
    },

    /** The platform's ids of the account's newest posts, at most `MOST_POSTS`: older ones hardly change. */
    async postsOf(accountId: string): Promise<string[]> {
      const posts = await database.em
        .fork()
        .find(
          Publication,
          { accountId, state: 'published', platformPostId: { $ne: null } },
          { fields: ['platformPostId'], orderBy: { publishedAt: 'desc', id: 'desc' }, limit: MOST_POSTS },
        );
      return posts.flatMap(({ platformPostId }) => platformPostId ?? []);
    },

    /** Keeps the numbers, once per publication and collection; numbers of posts that are not ours are left out. */
    async record({ accountId, collectionId, numbers }: Collection): Promise<void> {
      const em = database.em.fork();
      const byPost = new Map(numbers.map((post) => [post.postId, post]));
      const publications = await em.find(Publication, { accountId, platformPostId: { $in: [...byPost.keys()] } });
      const rows = publications.flatMap(({ id, platformPostId }) => {
        const post = byPost.get(platformPostId ?? '');
        return post
          ? [{ publicationId: id, collectionId, views: post.views, comments: post.comments, collectedAt: now() }]
          : [];
      });
      if (rows.length === 0) return;
      await em.upsertMany(PostMetric, rows, {
        onConflictFields: ['publicationId', 'collectionId'],
        onConflictAction: 'ignore',
      });
    },

    /** A user's posts, newest first, each with its latest numbers and what they grew since the collection before. */
    posts: (userId: string, page: { limit: number; cursor: string | null }) =>
      pageOfPosts(database.em.fork(), userId, page),

    /** A user's latest numbers, added up. */
    overview: (userId: string) => overviewOf(database.em.fork(), userId),
  };
}

const newCollection = async () => newId('col');

export type CollectionOrder = { userId: string; accountId: string; idempotencyKey: string | null };

export type Analytics = ReturnType<typeof createAnalytics>;

export type AccountPage = { accounts: { accountId: string; userId: string }[]; next: string | null };

export type Collection = { accountId: string; collectionId: string; numbers: readonly CollectedNumbers[] };

/** What a platform showed of one post; `postId` is the platform's. */
export type CollectedNumbers = { postId: string; views: number; comments: number };

export type { Overview } from './overview.ts';
export type { PostPage, PostRow } from './post-page.ts';

const MOST_POSTS = 100;
