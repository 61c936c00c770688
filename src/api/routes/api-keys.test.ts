import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { apiPlace, callTo, eventually } from '../../../test/api-place.ts';
import type { ApiPlace } from '../../../test/api-place.ts';

let place: ApiPlace;

beforeAll(async () => {
  place = await apiPlace({ settings: { AUTH_REQUESTS_PER_MINUTE: '100000' } });
});
afterAll(() => place.close());

const created = z.object({ id: z.string(), secret: z.string(), display_prefix: z.string() });
const page = z.object({
  data: z.array(z.object({ id: z.string(), name: z.string(), status: z.string() })),
  next_cursor: z.string().nullable(),
});

async function newKey(asUser: ReturnType<typeof callTo>, body: object = { name: 'laptop' }) {
  return created.parse((await asUser('POST /api/v1/llm/api-keys', { body })).body);
}

test('a key is made with its limits, and its secret is shown this once', async () => {
  const { asUser } = await place.signUp();
  const body = {
    name: ' laptop ',
    expires_in_days: 30,
    allowed_models: ['auto'],
    requests_per_minute: 5,
    tokens_per_day: 9,
    cost_nanos_per_month: 5_000_000_000,
    metadata: { team: 'blue' },
  };
  const made = await asUser('POST /api/v1/llm/api-keys', { body });

  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({
    name: 'laptop',
    status: 'active',
    secret: expect.stringMatching(/^sk-cf-[0-9a-f]{64}$/),
    allowed_models: ['auto'],
    requests_per_minute: 5,
    tokens_per_day: 9,
    tokens_per_month: null,
    concurrent_requests: null,
    cost_nanos_per_month: 5_000_000_000,
    metadata: { team: 'blue' },
    last_used_at: null,
  });
  const listed = await asUser('GET /api/v1/llm/api-keys');
  expect(JSON.stringify(listed.body)).not.toMatch(/secret|hash|sk-cf-[0-9a-f]{9}/);
});

test.each([
  [{}, 'name'],
  [{ name: '' }, 'name'],
  [{ name: 'two\nlines' }, 'name'],
  [{ name: 'x'.repeat(101) }, 'name'],
  [{ name: 'a', expires_in_days: 0 }, 'expires_in_days'],
  [{ name: 'a', expires_in_days: 1e9 }, 'expires_in_days'],
  [{ name: 'a', allowed_models: [] }, 'allowed_models'],
  [{ name: 'a', requests_per_minute: 3e9 }, 'requests_per_minute'],
  [{ name: 'a', tokens_per_day: 1e300 }, 'tokens_per_day'],
  [{ name: 'a', concurrent_requests: 0 }, 'concurrent_requests'],
  [{ name: 'a', cost_nanos_per_day: 0.5 }, 'cost_nanos_per_day'],
  [{ name: 'a', metadata: { note: 7 } }, 'metadata.note'],
  [{ name: 'a', metadata: Object.fromEntries(Array.from({ length: 17 }, (_, n) => [n, ''])) }, 'metadata'],
  [{ name: 'a', user_id: 'usr_other' }, 'user_id'],
])('a key that cannot be is a 400 that names the field: %j', async (body, field) => {
  const { asUser } = await place.signUp();
  const called = await asUser('POST /api/v1/llm/api-keys', { body });
  expect(called).toMatchObject({ status: 400, body: { error: { details: { issues: [{ path: field }] } } } });
});

test('a key is changed in what is said, null takes a limit away, and everything else stays', async () => {
  const { asUser } = await place.signUp();
  const { id } = await newKey(asUser, {
    name: 'laptop',
    requests_per_minute: 5,
    tokens_per_week: 7,
    expires_in_days: 3,
  });
  const body = { name: 'phone', requests_per_minute: null, cost_nanos_per_day: 9, allowed_models: ['auto'] };
  const changed = await asUser(`PATCH /api/v1/llm/api-keys/${id}`, { body });

  expect(changed).toMatchObject({
    status: 200,
    body: { ...body, tokens_per_week: 7, status: 'active', expires_at: expect.any(String), metadata: {} },
  });
  const more = { status: 'disabled', expires_in_days: null, allowed_models: null, metadata: { a: 'b' } };
  expect(await asUser(`PATCH /api/v1/llm/api-keys/${id}`, { body: more })).toMatchObject({
    status: 200,
    body: { name: 'phone', status: 'disabled', expires_at: null, allowed_models: null, metadata: { a: 'b' } },
  });
  const { body: shown } = await asUser(`GET /api/v1/llm/api-keys/${id}`);
  expect(shown).toMatchObject({ id, name: 'phone', status: 'disabled', cost_nanos_per_day: 9 });
  expect(JSON.stringify(shown)).not.toMatch(/secret|hash/);
});

test.each([
  [{ name: null }, 'name'],
  [{ status: 'revoked' }, 'status'],
  [{ status: 'expired' }, 'status'],
  [{ requests_per_minute: 0 }, 'requests_per_minute'],
  [{ expires_in_days: -1 }, 'expires_in_days'],
  [{ allowed_models: 'auto' }, 'allowed_models'],
  [{ secret: 'sk-cf-mine' }, 'secret'],
])('a change that cannot be is a 400 that names the field: %j', async (body, field) => {
  const { asUser } = await place.signUp();
  const { id } = await newKey(asUser);
  const called = await asUser(`PATCH /api/v1/llm/api-keys/${id}`, { body });
  expect(called).toMatchObject({ status: 400, body: { error: { details: { issues: [{ path: field }] } } } });
});

test('a new secret is shown once, and the old one is refused on every process within a second', async () => {
  const { asUser } = await place.signUp();
  const { id, secret } = await newKey(asUser, { name: 'laptop', requests_per_minute: 50 });
  const elsewhere = callTo((await place.process()).url);
  const models = async (key: string) => (await elsewhere('GET /v1/models', { headers: { 'x-api-key': key } })).status;
  expect(await models(secret)).toBe(200);

  const answer = await asUser(`POST /api/v1/llm/api-keys/${id}/regenerate`);
  const renewed = created.parse(answer.body);
  expect(answer).toMatchObject({
    status: 200,
    body: { id, name: 'laptop', requests_per_minute: 50, status: 'active' },
  });
  expect(renewed.secret).not.toBe(secret);
  expect(await models(renewed.secret)).toBe(200);
  await eventually(async () => (await models(secret)) === 401, 1_000);
});

test('a revoked key is a 409 to whoever wants to change it', async () => {
  const { asUser } = await place.signUp();
  const { id } = await newKey(asUser);
  await asUser(`DELETE /api/v1/llm/api-keys/${id}`);

  const conflict = { status: 409, body: { error: { code: 'conflict' } } };
  expect(await asUser(`PATCH /api/v1/llm/api-keys/${id}`, { body: { status: 'active' } })).toMatchObject(conflict);
  expect(await asUser(`POST /api/v1/llm/api-keys/${id}/regenerate`)).toMatchObject(conflict);
});

test.each([
  ['disabled', { status: 'disabled' }],
  ['revoked', null],
])('a key that is %s is refused in those words, to OpenAI and Anthropic clients alike', async (status, change) => {
  const { asUser } = await place.signUp();
  const { id, secret } = await newKey(asUser);
  if (change) await asUser(`PATCH /api/v1/llm/api-keys/${id}`, { body: change });
  else await asUser(`DELETE /api/v1/llm/api-keys/${id}`);

  const asBearer = await place.call('GET /v1/models', { headers: { authorization: `Bearer ${secret}` } });
  expect(asBearer).toMatchObject({
    status: 401,
    body: { error: { code: 'invalid_api_key', message: `The API key is ${status}.` } },
  });
  expect((await place.call('GET /v1/models', { headers: { 'x-api-key': secret } })).body).toEqual(asBearer.body);
});

test('keys come newest first, page by page', async () => {
  const { asUser } = await place.signUp();
  const ids: string[] = [];
  for (const name of ['one', 'two', 'three']) ids.unshift((await newKey(asUser, { name })).id);

  const first = page.parse((await asUser('GET /api/v1/llm/api-keys?limit=2')).body);
  const second = page.parse((await asUser(`GET /api/v1/llm/api-keys?limit=2&cursor=${first.next_cursor}`)).body);
  expect([...first.data, ...second.data].map(({ id }) => id)).toEqual(ids);
  expect(second.next_cursor).toBeNull();
});

test.each(['limit=0', 'limit=101', 'limit=x', 'limit=1.5', 'cursor=unknown', 'limit=1&limit=2'])(
  'a page that cannot be is a 400 that names the field: %s',
  async (query) => {
    const { asUser } = await place.signUp();
    const called = await asUser(`GET /api/v1/llm/api-keys?${query}`);
    expect(called).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringMatching(/^(limit|cursor): /) } },
    });
  },
);

test('nobody manages keys without a token, nor the keys of others', async () => {
  const { asUser } = await place.signUp();
  const stranger = await place.signUp();
  const { id } = await newKey(asUser);

  for (const target of ['POST /api/v1/llm/api-keys', 'GET /api/v1/llm/api-keys']) {
    expect((await place.call(target)).status).toBe(401);
  }
  const key = `/api/v1/llm/api-keys/${id}`;
  for (const target of [`GET ${key}`, `PATCH ${key}`, `POST ${key}/regenerate`, `DELETE ${key}`]) {
    const body = target.startsWith('PATCH') ? { body: { name: 'mine' } } : {};
    expect((await place.call(target, body)).status).toBe(401);
    expect((await stranger.asUser(target, body)).status).toBe(404);
  }
  expect(page.parse((await stranger.asUser('GET /api/v1/llm/api-keys')).body).data).toEqual([]);
  expect((await stranger.asUser(`GET /api/v1/llm/api-keys?cursor=${id}`)).status).toBe(400);
  expect(page.parse((await asUser('GET /api/v1/llm/api-keys')).body).data).toMatchObject([
    { id, status: 'active', name: 'laptop' },
  ]);
});

test('a revoked key is refused on every process within a second', async () => {
  const { asUser } = await place.signUp();
  const { id, secret } = await newKey(asUser);
  const elsewhere = callTo((await place.process()).url, { authorization: `Bearer ${secret}` });
  expect((await elsewhere('GET /v1/models')).status).toBe(200);

  expect(await asUser(`DELETE /api/v1/llm/api-keys/${id}`)).toMatchObject({ status: 204, body: '' });
  await eventually(async () => (await elsewhere('GET /v1/models')).status === 401, 1_000);
  expect((await asUser(`DELETE /api/v1/llm/api-keys/${id}`)).status).toBe(204);
});
