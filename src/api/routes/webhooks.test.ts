import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { apiPlace } from '../../../test/api-place.ts';
import type { ApiPlace, Called } from '../../../test/api-place.ts';

let place: ApiPlace;
beforeAll(async () => {
  place = await apiPlace({ settings: { AUTH_REQUESTS_PER_MINUTE: '100000', WEBHOOK_PRIVATE_NETWORKS: 'refuse' } });
});
afterAll(() => place.close());

const url = 'https://hooks.example/in?token=1';
const made = z.object({ id: z.string(), secret: z.string() });
const create = async (asUser: ApiPlace['call'], body: object = { url }) =>
  made.parse((await asUser('POST /api/v1/webhooks', { body })).body);
const dataOf = ({ body }: Called) =>
  z.object({ data: z.array(z.looseObject({ id: z.string() })), next_cursor: z.string().nullable() }).parse(body);

test('a webhook is made with a secret that is shown once', async () => {
  const { asUser } = await place.signUp();
  const created = await asUser('POST /api/v1/webhooks', { body: { url } });
  expect(created).toMatchObject({
    status: 201,
    body: {
      id: expect.stringMatching(/^whk_/),
      url,
      events: null,
      enabled: true,
      secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/),
    },
  });
  const { id, secret } = made.parse(created.body);
  const seen = [await asUser(`GET /api/v1/webhooks/${id}`), await asUser('GET /api/v1/webhooks')];
  expect(seen[0]).toMatchObject({ status: 200, body: { id, url } });
  expect(JSON.stringify(seen)).not.toContain(secret);
});

test('what is absent in a change stays; disabling is the owner’s doing', async () => {
  const { asUser } = await place.signUp();
  const { id } = await create(asUser, { url, events: ['publication.failed'] });
  const off = await asUser(`PATCH /api/v1/webhooks/${id}`, { body: { enabled: false } });
  expect(off).toMatchObject({
    status: 200,
    body: { url, events: ['publication.failed'], enabled: false, disabled_reason: 'owner' },
  });
  const on = await asUser(`PATCH /api/v1/webhooks/${id}`, { body: { enabled: true, events: null } });
  expect(on).toMatchObject({ body: { enabled: true, events: null, disabled_reason: null } });
});

test('a new secret is shown once, and the old one is good for a day more', async () => {
  const { asUser } = await place.signUp();
  const { id, secret } = await create(asUser);
  const rotated = await asUser(`POST /api/v1/webhooks/${id}/rotate-secret`);
  expect(rotated).toMatchObject({ status: 200, body: { id, old_secret_until: expect.any(String) } });
  expect(made.parse(rotated.body).secret).not.toBe(secret);
});

test('webhooks are listed page by page', async () => {
  const { asUser } = await place.signUp();
  const ids = [];
  for (const _ of [1, 2, 3]) ids.push((await create(asUser)).id);
  const first = dataOf(await asUser('GET /api/v1/webhooks?limit=2'));
  const second = dataOf(await asUser(`GET /api/v1/webhooks?limit=2&cursor=${first.next_cursor}`));
  expect([...first.data, ...second.data].map(({ id }) => id).sort()).toEqual(ids.sort());
  expect(second.next_cursor).toBeNull();
});

test('a user has twenty webhooks at most, also when they are made at once', async () => {
  const { asUser } = await place.signUp();
  const answers = await Promise.all(
    Array.from({ length: 23 }, () => asUser('POST /api/v1/webhooks', { body: { url } })),
  );
  const count = (wanted: number) => answers.filter(({ status }) => status === wanted).length;
  expect([count(201), count(409)]).toEqual([20, 3]);
});

test('a test is a 202 and an entry in the log; the second one waits for the first', async () => {
  const { asUser } = await place.signUp();
  const { id } = await create(asUser);
  const asked = await asUser(`POST /api/v1/webhooks/${id}/test`);
  expect(asked).toMatchObject({ status: 202, body: { event: 'webhook.test', state: 'pending', attempts: 0 } });
  expect((await asUser(`POST /api/v1/webhooks/${id}/test`)).status).toBe(409);
  expect(dataOf(await asUser(`GET ${asked.headers.get('location')}`)).data).toEqual([asked.body]);
});

test('a webhook that was deleted is gone with its log', async () => {
  const { asUser } = await place.signUp();
  const { id } = await create(asUser);
  await asUser(`POST /api/v1/webhooks/${id}/test`);
  expect((await asUser(`DELETE /api/v1/webhooks/${id}`)).status).toBe(204);
  expect((await asUser(`GET /api/v1/webhooks/${id}/deliveries`)).status).toBe(404);
});

test.each([
  'http://127.0.0.1/',
  'http://169.254.169.254/latest',
  'http://localhost:8080/',
  'ftp://hooks.example/',
  'x',
])('a URL that must not be called is a 400 that names `url`: %s', async (target) => {
  const { asUser } = await place.signUp();
  const refused = { status: 400, body: { error: { details: { issues: [{ path: 'url' }] } } } };
  expect(await asUser('POST /api/v1/webhooks', { body: { url: target } })).toMatchObject(refused);
  const { id } = await create(asUser);
  expect(await asUser(`PATCH /api/v1/webhooks/${id}`, { body: { url: target } })).toMatchObject(refused);
});

test.each([
  [{}, 'url'],
  [{ url, events: [] }, 'events'],
  [{ url, events: ['publication.lost'] }, 'events.0'],
  [{ url, enabled: 'no' }, 'enabled'],
  [{ url, secret: 'mine' }, 'secret'],
])('a webhook that is not right is a 400 that names the field (%#)', async (body, path) => {
  const { asUser } = await place.signUp();
  expect(await asUser('POST /api/v1/webhooks', { body })).toMatchObject({
    status: 400,
    body: { error: { details: { issues: [{ path }] } } },
  });
});

test.each(['?cursor=whk_1', '?limit=101', '?enabled=true'])('a list is strict about its query: %s', async (query) => {
  const { asUser } = await place.signUp();
  const { id } = await create(asUser);
  for (const list of ['webhooks', `webhooks/${id}/deliveries`])
    expect((await asUser(`GET /api/v1/${list}${query}`)).status).toBe(400);
});

test('webhooks are their owner’s alone', async () => {
  const [owner, stranger] = [await place.signUp(), await place.signUp()];
  const { id } = await create(owner.asUser);
  const targets = [
    `GET /api/v1/webhooks/${id}`,
    `PATCH /api/v1/webhooks/${id}`,
    `DELETE /api/v1/webhooks/${id}`,
    `POST /api/v1/webhooks/${id}/rotate-secret`,
    `POST /api/v1/webhooks/${id}/test`,
    `GET /api/v1/webhooks/${id}/deliveries`,
  ];
  for (const target of targets) {
    const options = target.startsWith('PATCH') ? { body: { enabled: false } } : {};
    expect((await stranger.asUser(target, options)).status).toBe(404);
    expect((await place.call(target, options)).status).toBe(401);
  }
  expect(dataOf(await stranger.asUser('GET /api/v1/webhooks')).data).toEqual([]);
  expect((await place.call('POST /api/v1/webhooks', { body: { url } })).status).toBe(401);
  expect((await place.call('GET /api/v1/webhooks')).status).toBe(401);
});
