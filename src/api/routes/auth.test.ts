import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { apiPlace, callTo, PASSWORD } from '../../../test/api-place.ts';
import type { ApiPlace } from '../../../test/api-place.ts';

let place: ApiPlace;

beforeAll(async () => {
  place = await apiPlace({ settings: { LOCK_AFTER_FAILURES: '3', AUTH_REQUESTS_PER_MINUTE: '100000' } });
});
afterAll(() => place.close());

const newToken = z.object({
  api_token: z.string(),
  key_id: z.string(),
  display_prefix: z.string(),
  expires_at: z.string(),
});
const login = (email: string, password: string) => place.call('POST /api/v1/auth/login', { body: { email, password } });
const refresh = (token: string) => place.call('POST /api/v1/auth/refresh', { body: { refresh_token: token } });

test('who registers is logged in, and is told nothing secret', async () => {
  const body = { email: 'Ada@Example.com', password: PASSWORD };
  const registered = await place.call('POST /api/v1/auth/register', { body });

  expect(registered.status).toBe(201);
  expect(registered.body).toEqual({
    access_token: expect.any(String),
    token_type: 'Bearer',
    expires_in: 900,
    refresh_token: expect.any(String),
    user: {
      id: expect.stringMatching(/^usr_/),
      email: 'ada@example.com',
      role: 'user',
      tier: 'free',
      created_at: expect.stringMatching(/Z$/),
    },
  });
  expect(await place.call('POST /api/v1/auth/register', { body })).toMatchObject({
    status: 409,
    body: { error: { code: 'conflict' } },
  });
});

test.each([
  [{ email: 'not an address', password: PASSWORD }, 'email'],
  [{ email: 'a@example.com', password: 'short' }, 'password'],
  [{ email: 'a@example.com', password: 'x'.repeat(129) }, 'password'],
  [{ email: 17, password: PASSWORD }, 'email'],
  [{ password: PASSWORD }, 'email'],
  [{ email: 'a@example.com', password: PASSWORD, role: 'admin' }, 'role'],
])('a registration that is not right is a 400 that names the field: %j', async (body, field) => {
  const called = await place.call('POST /api/v1/auth/register', { body });
  expect(called).toMatchObject({ status: 400, body: { error: { details: { issues: [{ path: field }] } } } });
});

test('login answers 401 alike for a wrong password and an unknown address', async () => {
  const { email } = await place.signUp();
  const [wrong, unknown] = [await login(email, 'wrong password'), await login('nobody@example.com', PASSWORD)];

  expect([wrong.status, unknown.status]).toEqual([401, 401]);
  expect(wrong.headers.get('www-authenticate')).toBe('Bearer');
  expect(wrong.body).toMatchObject({ error: { message: 'The e-mail address or the password is wrong.' } });
  expect(unknown.body).toMatchObject({ error: { message: 'The e-mail address or the password is wrong.' } });
  expect((await login(email.toUpperCase(), PASSWORD)).status).toBe(200);
});

test('an account that is locked says until when', async () => {
  const { email } = await place.signUp();
  for (let failure = 0; failure < 3; failure += 1) await login(email, 'wrong password');

  const locked = await login(email, PASSWORD);
  expect(locked).toMatchObject({ status: 423, body: { error: { code: 'account_locked' } } });
  expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(290);
});

test('a refresh token that is used again ends the session', async () => {
  const { session } = await place.signUp();
  const next = await refresh(session.refresh_token);
  expect(next.status).toBe(200);

  expect((await refresh(session.refresh_token)).status).toBe(401);
  const successor = String(Reflect.get(Object(next.body), 'refresh_token'));
  expect((await refresh(successor)).status).toBe(401);
  expect((await refresh('nonsense')).status).toBe(401);
  expect((await refresh('')).status).toBe(400);
});

test('who logs out cannot refresh any more, and is told nothing of tokens that are none', async () => {
  const { session } = await place.signUp();
  const logout = (body: object) => place.call('POST /api/v1/auth/logout', { body });
  expect((await logout({ refresh_token: session.refresh_token })).status).toBe(204);

  expect((await refresh(session.refresh_token)).status).toBe(401);
  expect((await logout({ refresh_token: session.refresh_token })).status).toBe(204);
  expect((await logout({ refresh_token: 'nonsense' })).status).toBe(204);
  expect((await logout({})).status).toBe(400);
});

test('a desktop app gets a key of its own for a year, as often as it asks', async () => {
  const { asUser } = await place.signUp();
  const [first, second] = [await asUser('POST /api/v1/auth/token'), await asUser('POST /api/v1/auth/token')];

  expect(first).toMatchObject({ status: 201, body: { api_token: expect.stringMatching(/^sk-cf-[0-9a-f]{64}$/) } });
  const { api_token: token, key_id: id, expires_at: expiresAt } = newToken.parse(first.body);
  expect((Date.parse(expiresAt) - Date.now()) / 86_400_000).toBeCloseTo(365, 2);
  expect(newToken.parse(second.body).key_id).not.toBe(id);
  expect((await place.call('GET /v1/models', { headers: { 'x-api-key': token } })).status).toBe(200);
  expect(await asUser(`GET /api/v1/llm/api-keys/${id}`)).toMatchObject({ body: { name: 'Desktop' } });
  expect((await place.call('POST /api/v1/auth/token')).status).toBe(401);
});

test('the llm token of a user is made and shown once, and then told of until it is revoked', async () => {
  const { asUser } = await place.signUp();
  const stranger = await place.signUp();
  const ask = async (asWhom = asUser) => (await asWhom('POST /api/v1/auth/llm-token')).body;
  const made = await ask();
  const { key_id: id, display_prefix: prefix } = newToken.parse(made);

  expect(made).toMatchObject({ created: true });
  expect(await ask()).toMatchObject({ api_token: null, created: false, key_id: id, display_prefix: prefix });
  expect(await ask(stranger.asUser)).toMatchObject({ created: true, key_id: expect.not.stringMatching(id) });
  await asUser(`DELETE /api/v1/llm/api-keys/${id}`);
  expect(await ask()).toMatchObject({ created: true, api_token: expect.any(String) });
  expect((await place.call('POST /api/v1/auth/llm-token')).status).toBe(401);
});

test('me is the user of the token, and nobody without one', async () => {
  const { email, userId, asUser } = await place.signUp();

  expect(await asUser('GET /api/v1/auth/me')).toMatchObject({ status: 200, body: { id: userId, email } });
  for (const authorization of ['', 'Bearer', 'Bearer nonsense', 'Basic YTpi', `Bearer sk-cf-${'0'.repeat(64)}`]) {
    expect((await place.call('GET /api/v1/auth/me', { headers: { authorization } })).status).toBe(401);
  }
});

test('an address that asks too often is told to wait, on every process together', async () => {
  const strict = await apiPlace({ settings: { AUTH_REQUESTS_PER_MINUTE: '3' } });
  const other = callTo((await strict.process()).url);
  const targets = [strict.call, other, strict.call, other].map(
    (call) => () => call('POST /api/v1/auth/login', { raw: '{}' }),
  );
  const statuses: number[] = [];
  let retryAfter = '';
  for (const ask of [...targets, ...targets]) {
    const { status, headers } = await ask();
    statuses.push(status);
    retryAfter = headers.get('retry-after') ?? retryAfter;
  }
  await strict.close();

  // The minute may turn over once meanwhile, which lets three more pass.
  expect(statuses.filter((status) => status === 400).length).toBeLessThanOrEqual(6);
  expect(statuses).toContain(429);
  expect(Number(retryAfter)).toBeGreaterThan(0);
});
