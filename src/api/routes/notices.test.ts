import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { apiPlace, eventually } from '../../../test/api-place.ts';
import type { ApiPlace, Called } from '../../../test/api-place.ts';
import { readEvents } from '../../../test/event-reader.ts';
import { newPublication } from '../../../test/notice-place.ts';

let place: ApiPlace;
beforeAll(async () => {
  place = await apiPlace({ settings: { AUTH_REQUESTS_PER_MINUTE: '100000', EVENT_STREAMS_PER_USER: '3' } });
});
afterAll(() => place.close());

async function creator() {
  const person = await place.signUp();
  const authorization = `Bearer ${person.session.access_token}`;
  return {
    ...person,
    publication: (title?: string) => newPublication(place.database, person.userId, title),
    listen: (from?: string, url = place.api.url) =>
      readEvents(`${url}/api/v1/events`, { authorization, ...(from !== undefined && { 'last-event-id': from }) }),
  };
}

const page = z.object({
  data: z.array(z.object({ id: z.int(), kind: z.string(), subject_id: z.string(), read_at: z.string().nullable() })),
  next_cursor: z.string().nullable(),
});
const pageIn = ({ status, body }: Called) => {
  expect(status).toBe(200);
  return page.parse(body);
};
test('a user holds a few streams open and no more, and one that ends makes room', async () => {
  const { listen } = await creator();
  const streams = [await listen(), await listen(), await listen()];
  await expect(listen()).rejects.toThrow('answered 429');
  streams.push(await (await creator()).listen()); // somebody else is not concerned
  streams.shift()?.close();
  const isOpened = () =>
    listen().then(
      (again) => streams.push(again),
      () => 0,
    );
  await eventually(async () => (await isOpened()) > 0);
  for (const stream of streams) stream.close();
});

const idsOf = (events: { id?: string | undefined }[]) => events.map(({ id }) => Number(id));

test('every change of state comes on the stream as it happens', async () => {
  const { publication, listen, userId } = await creator();
  const stream = await listen();
  expect(stream.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  const post = await publication();
  const [first] = await stream.next(1);
  await post.move('publishing');
  await post.move('published');
  const rest = await stream.next(2);
  stream.close();

  expect(first).toMatchObject({ event: 'notice', id: expect.stringMatching(/^\d+$/) });
  const shown = [first, ...rest].map((event) => JSON.parse(event?.data ?? 'null'));
  expect(shown.map(({ data }) => data.state)).toEqual(['queued', 'publishing', 'published']);
  expect(shown[0]).toMatchObject({ kind: 'publication.queued', subject_id: post.id, read_at: null });
  expect(JSON.stringify(shown)).not.toContain(userId);
});

test('a client that is cut off again and again, and comes back to any process, gets each notice once and in order', async () => {
  const { publication, listen } = await creator();
  const other = await place.process();
  const begin = await listen();
  let lastId = await begin.lastId();
  begin.close();
  const all = Promise.all(Array.from({ length: 12 }, publicationThatMoves));
  const seen: number[] = [];
  for (let turn = 0; seen.length < 36; turn += 1) {
    const stream = await listen(lastId, turn % 2 === 0 ? place.api.url : other.url);
    const events = await stream.next(Math.min(1 + (turn % 5), 36 - seen.length));
    stream.close();
    seen.push(...idsOf(events));
    lastId = events.at(-1)?.id ?? lastId;
  }
  await all;
  expect(seen).toEqual([...new Set(seen)].sort((one, next) => one - next));

  async function publicationThatMoves() {
    const post = await publication();
    await post.move('publishing');
    await post.move('published');
  }
});

test('a stream that was cut before its first notice resumes from where it began', async () => {
  const { publication, listen } = await creator();
  const stream = await listen();
  const lastId = await stream.lastId();
  stream.close();
  await publication();
  const again = await listen(lastId);
  expect(await again.next(1)).toHaveLength(1);
  again.close();
});

test('an id that nothing has yet hides nothing that comes', async () => {
  const { publication, listen } = await creator();
  const stream = await listen('999999999999');
  await publication();
  expect(await stream.next(1)).toHaveLength(1);
  stream.close();
});

test('a last-event-id that is none is a 400 that names it', async () => {
  const { asUser } = await creator();
  for (const id of ['x', '-1', '1.5', '9999999999999999'])
    expect(await asUser('GET /api/v1/events', { headers: { 'last-event-id': id } })).toMatchObject({
      status: 400,
      body: { error: { details: { issues: [{ path: 'last-event-id' }] } } },
    });
});

test('notices are listed newest first, page by page', async () => {
  const { publication, asUser } = await creator();
  const post = await publication();
  await post.move('publishing');
  await post.fail();
  const first = pageIn(await asUser('GET /api/v1/notices?limit=2'));
  const second = pageIn(await asUser(`GET /api/v1/notices?limit=2&cursor=${first.next_cursor}`));
  expect([...first.data, ...second.data].map(({ kind }) => kind)).toEqual([
    'publication.failed',
    'publication.publishing',
    'publication.queued',
  ]);
  expect(second.next_cursor).toBeNull();
});

test('a notice that was read is not among the unread, and keeps the time of its first reading', async () => {
  const { publication, asUser } = await creator();
  const post = await publication();
  await post.move('publishing');
  const [latest] = pageIn(await asUser('GET /api/v1/notices')).data;
  const read = await asUser(`POST /api/v1/notices/${latest?.id}/read`);
  expect(read).toMatchObject({ status: 200, body: { id: latest?.id, read_at: expect.any(String) } });
  expect((await asUser(`POST /api/v1/notices/${latest?.id}/read`)).body).toEqual(read.body);
  expect(pageIn(await asUser('GET /api/v1/notices?unread=true')).data).toMatchObject([{ kind: 'publication.queued' }]);
});

test('e-mail is for what waits for a person, and each way can be switched', async () => {
  const { asUser } = await creator();
  const before = await asUser('GET /api/v1/notices/settings');
  const usual = ['publication.failed', 'publication.missed', 'publication.unconfirmed', 'publication.needs_login'];
  expect(before).toMatchObject({ status: 200, body: { email: usual, webhooks: expect.any(Array) } });
  const changed = await asUser('PATCH /api/v1/notices/settings', { body: { email: ['publication.published'] } });
  expect(changed.body).toEqual({ ...Object(before.body), email: ['publication.published'] });
  await asUser('PATCH /api/v1/notices/settings', { body: { webhooks: [] } });
  expect((await asUser('GET /api/v1/notices/settings')).body).toEqual({
    email: ['publication.published'],
    webhooks: [],
  });
});

test.each([
  ['GET /api/v1/notices?limit=0', {}, 'limit'],
  ['GET /api/v1/notices?cursor=pub_1', {}, 'cursor'],
  ['GET /api/v1/notices?unread=yes', {}, 'unread'],
  ['GET /api/v1/notices?kind=x', {}, 'kind'],
  ['GET /api/v1/events?from=1', {}, 'from'],
  ['POST /api/v1/notices/x/read', {}, 'id'],
  ['PATCH /api/v1/notices/settings', { body: { email: ['publication.lost'] } }, 'email.0'],
  ['PATCH /api/v1/notices/settings', { body: { sms: [] } }, 'sms'],
])('%s: what is not right is a 400 that names the field', async (target, options, path) => {
  const { asUser } = await creator();
  expect(await asUser(target, options)).toMatchObject({
    status: 400,
    body: { error: { details: { issues: [{ path }] } } },
  });
});

test('notices are their user’s alone', async () => {
  const [owner, stranger] = [await creator(), await creator()];
  const stream = await stranger.listen('0');
  await owner.publication('Secret');
  const [notice] = pageIn(await owner.asUser('GET /api/v1/notices')).data;
  expect(pageIn(await stranger.asUser('GET /api/v1/notices')).data).toEqual([]);
  expect((await stranger.asUser(`POST /api/v1/notices/${notice?.id}/read`)).status).toBe(404);
  await stranger.publication('Own');
  expect(JSON.parse((await stream.next(1))[0]?.data ?? 'null')).toMatchObject({ data: { title: 'Own' } });
  stream.close();
});

test.each([
  'GET /api/v1/events',
  'GET /api/v1/notices',
  'POST /api/v1/notices/1/read',
  'GET /api/v1/notices/settings',
  'PATCH /api/v1/notices/settings',
])('%s without a token is a 401', async (target) => {
  const options = target.startsWith('PATCH') ? { body: {} } : {};
  expect((await place.call(target, options)).status).toBe(401);
});
