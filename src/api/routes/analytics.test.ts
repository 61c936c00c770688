import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { apiPlace } from '../../../test/api-place.ts';
import type { ApiPlace } from '../../../test/api-place.ts';
import { PlatformAccount } from '../../entities/platform-account.ts';
import { PostMetric } from '../../entities/post-metric.ts';
import { Publication } from '../../entities/publication.ts';
import { newId } from '../../infra/ids.ts';

let place: ApiPlace;

beforeAll(async () => {
  place = await apiPlace({ starts: true });
});
afterAll(() => place.close());

const posts = z.object({ data: z.array(z.looseObject({ title: z.string() })), next_cursor: z.string().nullable() });

test('a collection starts for an account of mine, and for no other', async () => {
  const [mine, other] = [await place.signUp(), await place.signUp()];
  const accountId = await published(mine.userId, ['one']);
  const collect = 'POST /api/v1/analytics/collect';
  const body = { platform: 'wordpress', account_id: accountId };

  const answer = await mine.asUser(collect, { body });
  expect(answer).toMatchObject({ status: 202, body: { status: 'collecting' } });
  const { task_id: id } = z.object({ task_id: z.string() }).parse(answer.body);
  const run = await place.temporal.workflow.getHandle(`collect:${id}`).describe();
  expect(run.type).toBe('collectAccountAnalytics');
  expect((await other.asUser(collect, { body })).status).toBe(404);
  expect((await place.call(collect, { body })).status).toBe(401);
  expect((await mine.asUser(collect, { body: { platform: 'wordpress' } })).status).toBe(400);
});

/** Published posts with one reading each: the nth has n × 10 views. */
async function published(userId: string, titles: string[]): Promise<string> {
  const em = place.database.em.fork();
  const at = new Date();
  const accountId = newId('acc');
  em.create(PlatformAccount, { id: accountId, userId, platform: 'wordpress', externalId: accountId, createdAt: at });
  for (const [index, title] of titles.entries()) {
    const publicationId = `pub_${accountId.slice(4)}${index}`;
    const content = { title, markdown: '', tags: [], coverMediaId: null, aiGenerated: false };
    const row = { id: publicationId, userId, accountId, platform: 'wordpress', content, publishedAt: at };
    em.create(Publication, { ...row, state: 'published', createdAt: at, updatedAt: at });
    const numbers = { views: (index + 1) * 10, comments: index };
    em.create(PostMetric, { publicationId, collectionId: 'c', collectedAt: at, ...numbers });
  }
  await em.flush();
  return accountId;
}

test('posts come newest first with their numbers, page by page, and only mine', async () => {
  const [mine, other] = [await place.signUp(), await place.signUp()];
  await published(mine.userId, ['one', 'two', 'three']);

  const first = await mine.asUser('GET /api/v1/analytics/posts?limit=2');
  expect(first).toMatchObject({
    status: 200,
    body: {
      data: [
        { title: 'three', views: 30, comments: 2, views_growth: 0, collected_at: expect.stringMatching(/Z$/) },
        { title: 'two' },
      ],
    },
  });
  const cursor = posts.parse(first.body).next_cursor;
  const second = posts.parse((await mine.asUser(`GET /api/v1/analytics/posts?limit=2&cursor=${cursor}`)).body);
  expect([second.data.map(({ title }) => title), second.next_cursor]).toEqual([['one'], null]);
  expect((await other.asUser('GET /api/v1/analytics/posts')).body).toEqual({ data: [], next_cursor: null });
});

test('the overview adds up my posts', async () => {
  const [mine, other] = [await place.signUp(), await place.signUp()];
  await published(mine.userId, ['one', 'two']);

  expect(await mine.asUser('GET /api/v1/analytics/overview')).toMatchObject({
    status: 200,
    body: {
      posts: 2,
      views: 30,
      comments: 1,
      best_post: { title: 'two', views: 20 },
      platforms: [{ platform: 'wordpress', posts: 2 }],
    },
  });
  expect((await other.asUser('GET /api/v1/analytics/overview')).body).toMatchObject({ posts: 0, best_post: null });
});

test.each(['limit=0', 'cursor=nonsense'])('a page that cannot be is a 400: %s', async (query) => {
  const { asUser } = await place.signUp();
  const called = await asUser(`GET /api/v1/analytics/posts?${query}`);
  expect(called).toMatchObject({ status: 400, body: { error: { message: expect.stringMatching(/^(limit|cursor)/) } } });
});

test.each(['posts', 'overview'])('%s need a token', async (path) => {
  expect((await place.call(`GET /api/v1/analytics/${path}`)).status).toBe(401);
});
