import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Grant } from '../../entities/grant.ts';
import { PlatformAccount } from '../../entities/platform-account.ts';
import type { AccountHealth } from '../../entities/platform-account.ts';
import { PostMetric } from '../../entities/post-metric.ts';
import { Publication } from '../../entities/publication.ts';
import type { PublicationState } from '../../entities/publication.ts';
import { User } from '../../entities/user.ts';
import { newId } from '../../infra/ids.ts';
import { testPlace } from '../../../test/services.ts';
import type { TestPlace } from '../../../test/services.ts';
import { createAnalytics } from './analytics.ts';

let place: TestPlace;
let made = 0; // ids sort by the time they were made; within one millisecond they would not
let time = new Date('2026-05-01T10:00:00Z');

beforeAll(async () => {
  place = await testPlace();
});

afterAll(() => place.close());

const analytics = () => createAnalytics({ database: place.database, now: () => time });
const em = () => place.database.em.fork();
const later = (hours: number) => new Date(time.getTime() + hours * 3_600_000);

async function aUser(): Promise<string> {
  const id = newId('usr');
  await em().insert(User, { id, email: `${id}@example.com`, passwordHash: '-', tierId: 'free', createdAt: time });
  return id;
}

async function anAccount(userId: string, health: AccountHealth = 'active'): Promise<string> {
  const id = newId('acc');
  const row = { id, userId, platform: 'wordpress', externalId: id, siteUrl: null, health, createdAt: time };
  await em().insert(PlatformAccount, row);
  return id;
}

async function allowAnalytics(accountId: string, expiresAt: Date): Promise<void> {
  const grant = {
    id: newId('grt'),
    accountId,
    publicationId: null,
    purpose: 'analytics',
    sealed: {},
    expiresAt,
  } as const;
  await em().insert(Grant, { ...grant, createdAt: time });
}

type Post = { userId: string; accountId: string; postId: string; state?: PublicationState };

async function aPost({ userId, accountId, postId, state = 'published' }: Post): Promise<string> {
  const forked = em();
  const content = { title: `Post ${postId}`, markdown: 'text', tags: [], coverMediaId: null, aiGenerated: false };
  const publication = forked.create(Publication, {
    id: `pub_${String((made += 1)).padStart(26, '0')}`,
    userId,
    accountId,
    platform: 'wordpress',
    state,
    content,
    platformPostId: postId,
    platformPostUrl: `https://blog.example.com/${postId}`,
    publishedAt: time,
  });
  await forked.flush();
  return publication.id;
}

test('only active accounts whose grant for analytics still holds are collected, page by page', async () => {
  const userId = await aUser();
  const willing = [await anAccount(userId), await anAccount(userId), await anAccount(userId)].sort();
  for (const accountId of willing) await allowAnalytics(accountId, later(1));
  await allowAnalytics(await anAccount(userId), time);
  await allowAnalytics(await anAccount(userId, 'needs_login'), later(1));
  await anAccount(userId);

  const first = await analytics().accountsToCollect({ after: null, limit: 2 });
  const second = await analytics().accountsToCollect({ after: first.next, limit: 2 });

  expect([...first.accounts, ...second.accounts]).toEqual(willing.map((accountId) => ({ accountId, userId })));
  expect(second.next).toBeNull();
});

test('only posts that are published are asked for', async () => {
  const userId = await aUser();
  const accountId = await anAccount(userId);
  await aPost({ userId, accountId, postId: '1' });
  await aPost({ userId, accountId, postId: '2' });
  await aPost({ userId, accountId, postId: '3', state: 'settling' });

  expect((await analytics().postsOf(accountId)).sort()).toEqual(['1', '2']);
});

test('numbers recorded twice for one collection are there once; numbers of strange posts are left out', async () => {
  const userId = await aUser();
  const accountId = await anAccount(userId);
  const publicationId = await aPost({ userId, accountId, postId: '7' });
  const collection = {
    accountId,
    collectionId: 'run-1',
    numbers: [
      { postId: '7', views: 5, comments: 1 },
      { postId: 'strange', views: 1, comments: 1 },
    ],
  };

  await analytics().record(collection);
  await analytics().record({ ...collection, numbers: [{ postId: '7', views: 99, comments: 9 }] });
  await analytics().record({ ...collection, numbers: [] });

  const rows = await em().find(PostMetric, { publicationId });
  expect(rows).toMatchObject([{ views: 5, comments: 1, collectedAt: time }]);
});

test('posts come newest first with their latest numbers, what they grew, and a cursor to the next page', async () => {
  const userId = await aUser();
  const accountId = await anAccount(userId);
  const old = await aPost({ userId, accountId, postId: 'old' });
  const fresh = await aPost({ userId, accountId, postId: 'fresh' });
  const ofOthers = await aUser();
  await aPost({ userId: ofOthers, accountId: await anAccount(ofOthers), postId: 'foreign' });
  await collect(accountId, { views: 10, comments: 1 });
  await collect(accountId, { views: 14, comments: 3 });

  const first = await analytics().posts(userId, { limit: 1, cursor: null });
  const second = await analytics().posts(userId, { limit: 1, cursor: first.nextCursor });

  expect(first).toMatchObject({ posts: [{ publicationId: fresh, views: 0, viewsGrowth: 0, collectedAt: null }] });
  expect(second).toMatchObject({
    posts: [
      {
        publicationId: old,
        title: 'Post old',
        views: 14,
        comments: 3,
        viewsGrowth: 4,
        commentsGrowth: 2,
        collectedAt: time,
      },
    ],
    nextCursor: null,
  });
});

test('a cursor that is not ours is refused by its name', async () => {
  const posts = analytics().posts('usr_1', { limit: 1, cursor: "pub_1'\u0000" });

  await expect(posts).rejects.toMatchObject({ code: 'invalid_request', details: { field: 'cursor' } });
});

test('the overview adds up the latest numbers of each post, per platform, and names the best one', async () => {
  const userId = await aUser();
  const accountId = await anAccount(userId);
  await aPost({ userId, accountId, postId: 'old' });
  await aPost({ userId, accountId, postId: 'fresh' });
  await collect(accountId, { views: 10, comments: 1 });
  await collect(accountId, { views: 14, comments: 3 });
  const numbers = [{ postId: 'fresh', views: 6, comments: 0 }];
  await analytics().record({ accountId, collectionId: 'other', numbers });

  const overview = await analytics().overview(userId);

  expect(overview).toMatchObject({ posts: 2, views: 20, comments: 3, bestPost: { title: 'Post old', views: 14 } });
  expect(overview.platforms).toEqual([{ platform: 'wordpress', posts: 2, views: 20, comments: 3 }]);
});

test('a user without posts has an overview of zeros', async () => {
  const overview = await analytics().overview(await aUser());

  expect(overview).toEqual({ posts: 0, views: 0, comments: 0, bestPost: null, platforms: [] });
});

/** One more collection, an hour after the last, of the post `old`. */
async function collect(accountId: string, numbers: { views: number; comments: number }): Promise<void> {
  time = later(1);
  const collectionId = time.toISOString();
  await analytics().record({ accountId, collectionId, numbers: [{ postId: 'old', ...numbers }] });
}
