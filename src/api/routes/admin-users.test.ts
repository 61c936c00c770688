import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { grantRole } from '../../domain/accounts/accounts.ts';
import { apiPlace, callTo, eventually, PASSWORD } from '../../../test/api-place.ts';
import type { ApiPlace } from '../../../test/api-place.ts';

let place: ApiPlace;
let admin: Awaited<ReturnType<typeof oneOfUs>>;
let operator: Awaited<ReturnType<typeof oneOfUs>>;

beforeAll(async () => {
  place = await apiPlace({ settings: { AUTH_REQUESTS_PER_MINUTE: '100000' } });
  admin = await oneOfUs('admin');
  operator = await oneOfUs('operator');
});
afterAll(() => place.close());

const session = z.object({ access_token: z.string() });
const page = z.object({ data: z.array(z.object({ email: z.string() })), next_cursor: z.string().nullable() });

async function oneOfUs(role: 'admin' | 'operator') {
  const { email, userId } = await place.signUp();
  await grantRole(place.database, { email, role, at: new Date() });
  const { body } = await place.call('POST /api/v1/auth/login', { body: { email, password: PASSWORD } });
  return {
    userId,
    email,
    call: callTo(place.api.url, { authorization: `Bearer ${session.parse(body).access_token}` }),
  };
}

test('a user is shown with role, tier and locks, and never with a password hash', async () => {
  const { email, userId } = await place.signUp();
  const { status, body } = await operator.call(`GET /api/v1/admin/users/${userId}`);

  expect(status).toBe(200);
  expect(body).toEqual({
    id: userId,
    email,
    role: 'user',
    tier: 'free',
    locked: false,
    login_locked_until: null,
    created_at: expect.stringMatching(/Z$/),
  });
  expect((await operator.call('GET /api/v1/admin/users/usr_nobody')).status).toBe(404);
  expect((await admin.call('PATCH /api/v1/admin/users/usr_nobody', { body: { tier: 'pro' } })).status).toBe(404);
});

test('users are found by the beginning of their address, page by page', async () => {
  for (const name of ['one', 'two', 'three']) {
    const body = { email: `page.${name}@example.com`, password: PASSWORD };
    await place.call('POST /api/v1/auth/register', { body });
  }
  const first = page.parse((await operator.call('GET /api/v1/admin/users?email=PAGE.&limit=2')).body);
  const rest = page.parse(
    (await operator.call(`GET /api/v1/admin/users?email=page.&limit=2&cursor=${first.next_cursor}`)).body,
  );

  expect([...first.data, ...rest.data].map(({ email }) => email)).toEqual(
    ['three', 'two', 'one'].map((name) => `page.${name}@example.com`),
  );
  expect(rest.next_cursor).toBeNull();
});

test('a locked account is refused on every process within a second, with all of its keys', async () => {
  const { asUser, userId, email } = await place.signUp();
  const { body } = await asUser('POST /api/v1/auth/token');
  const { api_token: key } = z.object({ api_token: z.string() }).parse(body);
  const elsewhere = callTo((await place.process()).url, { 'x-api-key': key });
  expect((await elsewhere('GET /v1/models')).status).toBe(200);

  const change = (locked: boolean) => operator.call(`PATCH /api/v1/admin/users/${userId}`, { body: { locked } });
  expect(await change(true)).toMatchObject({ status: 200, body: { locked: true } });
  await eventually(async () => (await elsewhere('GET /v1/models')).status === 401, 1_000);
  const login = () => place.call('POST /api/v1/auth/login', { body: { email, password: PASSWORD } });
  expect(await login()).toMatchObject({ status: 423, body: { error: { code: 'account_locked' } } });
  expect((await login()).headers.get('retry-after')).toBeNull();

  expect(await change(false)).toMatchObject({ status: 200, body: { locked: false } });
  await eventually(async () => (await elsewhere('GET /v1/models')).status === 200, 1_000);
  expect((await login()).status).toBe(200);
});

test('an admin gives roles, but not away the last admin', async () => {
  const { userId } = await place.signUp();
  const change = (id: string, body: object) => admin.call(`PATCH /api/v1/admin/users/${id}`, { body });

  expect(await change(userId, { role: 'operator', tier: 'pro' })).toMatchObject({
    status: 200,
    body: { role: 'operator', tier: 'pro' },
  });
  expect((await change(admin.userId, { role: 'operator' })).status).toBe(409);
  expect((await change(admin.userId, { locked: true })).status).toBe(409);
  expect((await change(admin.userId, { tier: 'pro' })).status).toBe(200);
});

test('an operator moves users between tiers, but gives no roles and leaves admins alone', async () => {
  const { userId } = await place.signUp();
  const change = (id: string, body: object) => operator.call(`PATCH /api/v1/admin/users/${id}`, { body });

  expect(await change(userId, { tier: 'basic' })).toMatchObject({ status: 200, body: { tier: 'basic' } });
  expect((await change(operator.userId, { role: 'admin' })).status).toBe(403);
  expect((await change(admin.userId, { tier: 'basic' })).status).toBe(403);
});

test.each([
  [{ tier: 'no-such-tier' }, /^tier: /],
  [{ tier: null }, /^tier: /],
  [{ role: 'king' }, /^role: /],
  [{ locked: 'yes' }, /^locked: /],
  [{ email: 'new@example.com' }, /^email: /],
])('a change that cannot be is a 400 that names the field: %j', async (body, message) => {
  const { userId } = await place.signUp();
  const called = await admin.call(`PATCH /api/v1/admin/users/${userId}`, { body });
  expect(called).toMatchObject({ status: 400, body: { error: { message: expect.stringMatching(message) } } });
});

test('users see and change nobody here, not even themselves, and strangers neither', async () => {
  const { asUser, userId } = await place.signUp();
  for (const target of ['GET /api/v1/admin/users', `GET /api/v1/admin/users/${userId}`]) {
    expect((await place.call(target)).status).toBe(401);
    expect((await asUser(target)).status).toBe(403);
  }
  const body = { tier: 'pro' };
  expect((await place.call(`PATCH /api/v1/admin/users/${userId}`, { body })).status).toBe(401);
  expect((await asUser(`PATCH /api/v1/admin/users/${userId}`, { body })).status).toBe(403);
});
