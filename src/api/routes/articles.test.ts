import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { apiPlace, eventually } from '../../../test/api-place.ts';
import type { ApiPlace, Called } from '../../../test/api-place.ts';
import { Article } from '../../entities/article.ts';
import type { ArticleStage } from '../../entities/article.ts';

let place: ApiPlace;

beforeAll(async () => {
  place = await apiPlace({ starts: true, settings: { AUTH_REQUESTS_PER_MINUTE: '100000' } });
});
afterAll(() => place.close());

const create = 'POST /api/v1/agent/create-article';
const body = { topic: 'Why bees dance', keywords: ['bees'] };
const idOf = ({ body: started }: Called) => z.object({ task_id: z.string() }).parse(started).task_id;

/** What the workflow does in the course of time. */
async function enter(id: string, stage: ArticleStage, changes: Partial<Article> = {}): Promise<void> {
  await place.database.em.fork().nativeUpdate(Article, { id }, { stage, ...changes });
}

async function runOf(id: string) {
  return place.temporal.workflow.getHandle(`article:${id}`).describe();
}

test('an order is a 202, a row and a run', async () => {
  const { asUser } = await place.signUp();
  const started = await asUser(create, { body });

  expect(started).toMatchObject({ status: 202, body: { task_id: expect.stringMatching(/^art_/), status: 'queued' } });
  expect(started.headers.get('location')).toBe(`/api/v1/agent/task/${idOf(started)}`);
  expect(await asUser(`GET ${started.headers.get('location')}`)).toMatchObject({
    status: 200,
    body: {
      task_id: idOf(started),
      status: 'queued',
      final: false,
      topic: 'Why bees dance',
      markdown: null,
      cover_url: null,
    },
  });
  expect(await runOf(idOf(started))).toMatchObject({ type: 'createArticle', taskQueue: 'orchestrator' });
});

test('the same key and body are one article and one run; another body is a 409', async () => {
  const { asUser } = await place.signUp();
  const headers = { 'idempotency-key': 'order 1' };
  const orders = await Promise.all([1, 2, 3].map(() => asUser(create, { body, headers })));

  expect(new Set(orders.map(idOf)).size).toBe(1);
  expect(orders.map(({ status }) => status)).toEqual([202, 202, 202]);
  expect(await asUser(create, { body: { ...body, topic: 'Other' }, headers })).toMatchObject({
    status: 409,
    body: { error: { code: 'idempotency_conflict' } },
  });
  const other = await place.signUp();
  expect(idOf(await other.asUser(create, { body, headers }))).not.toBe(idOf(await asUser(create, { body, headers })));
});

test.each(['', 'x'.repeat(201)])('an Idempotency-Key that is not right is a 400 that names it', async (key) => {
  const { asUser } = await place.signUp();
  const called = await asUser(create, { body, headers: { 'idempotency-key': key } });
  expect(called).toMatchObject({
    status: 400,
    body: { error: { message: expect.stringMatching(/^idempotency-key/) } },
  });
});

test.each([
  [{}, 'topic'],
  [{ topic: ' ' }, 'topic'],
  [{ topic: 'x'.repeat(501) }, 'topic'],
  [{ topic: 'a', keywords: Array.from({ length: 11 }, () => 'b') }, 'keywords'],
  [{ topic: 'a', user_id: 'usr_other' }, 'user_id'],
])('an order that is not right is a 400 that names the field (%#)', async (wrong, field) => {
  const { asUser } = await place.signUp();
  const called = await asUser(create, { body: wrong });
  expect(called).toMatchObject({ status: 400, body: { error: { message: expect.stringContaining(`${field}: `) } } });
});

test('an article is its owner’s alone', async () => {
  const [owner, stranger] = [await place.signUp(), await place.signUp()];
  const id = idOf(await owner.asUser(create, { body }));
  for (const target of [`GET /api/v1/agent/task/${id}`, `GET /api/v1/agent/task/${id}/events`]) {
    expect((await stranger.asUser(target)).status).toBe(404);
    expect((await place.call(target)).status).toBe(401);
  }
  expect((await place.call(create, { body })).status).toBe(401);
  expect((await owner.asUser('GET /api/v1/agent/task/art_unknown')).status).toBe(404);
});

test('events tell each change until the end, and a client that comes back gets what it has not seen', async () => {
  const { asUser, session } = await place.signUp();
  const id = idOf(await asUser(create, { body }));
  const response = await fetch(`${place.api.url}/api/v1/agent/task/${id}/events`, {
    headers: { authorization: `Bearer ${session.access_token}` },
  });
  let text = '';
  const reading = (async () => {
    for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) text += part;
  })();
  await eventually(() => text.includes('"status":"queued"'));
  await enter(id, 'outline');
  await eventually(() => text.includes('"status":"outline"'));
  await enter(id, 'ready', { title: 'Bees', finishedAt: new Date() });
  await reading;

  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
  const events = text.trim().split('\n\n');
  expect(events.map((event) => /"status":"(\w+)"/.exec(event)?.[1])).toEqual(['queued', 'outline', 'ready']);

  const ids = events.map((event) => /^id: (\w+)\nevent: status\n/.exec(event)?.[1] ?? '');
  const resume = (seen: string) =>
    asUser(`GET /api/v1/agent/task/${id}/events`, { headers: { 'last-event-id': seen } });
  expect((await resume(ids[1] ?? '')).body).toBe(`${events[2]}\n\n`);
  expect((await resume(ids[2] ?? '')).status).toBe(204);
});

test('a server that shuts down ends event streams at once', async () => {
  const { asUser, session } = await place.signUp();
  const id = idOf(await asUser(create, { body }));
  const other = await place.process();
  const response = await fetch(`${other.url}/api/v1/agent/task/${id}/events`, {
    headers: { authorization: `Bearer ${session.access_token}` },
  });
  const began = performance.now();
  await Promise.all([other.close(60_000), response.text()]);

  expect(performance.now() - began).toBeLessThan(5_000);
});
