import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { grantRole } from '../../domain/accounts/accounts.ts';
import { apiPlace, callTo, PASSWORD } from '../../../test/api-place.ts';
import type { ApiPlace } from '../../../test/api-place.ts';

let place: ApiPlace;
let admin: ReturnType<typeof callTo>;
let operator: ReturnType<typeof callTo>;

beforeAll(async () => {
  place = await apiPlace({ settings: { AUTH_REQUESTS_PER_MINUTE: '100000' } });
  admin = await oneOfUs('admin');
  operator = await oneOfUs('operator');
});
afterAll(() => place.close());

async function oneOfUs(role: 'admin' | 'operator') {
  const { email } = await place.signUp();
  await grantRole(place.database, { email, role, at: new Date() });
  const { body } = await place.call('POST /api/v1/auth/login', { body: { email, password: PASSWORD } });
  const { access_token: token } = z.object({ access_token: z.string() }).parse(body);
  return callTo(place.api.url, { authorization: `Bearer ${token}` });
}

const tierIds = z.object({ data: z.array(z.object({ id: z.string(), is_default: z.boolean() })) });
const listed = async () => tierIds.parse((await operator('GET /api/v1/admin/tiers')).body).data;

test('the three tiers of the beginning are there, and everybody starts in free', async () => {
  const { body } = await operator('GET /api/v1/admin/tiers/free');

  expect((await listed()).map(({ id }) => id)).toEqual(['basic', 'free', 'pro']);
  expect(body).toEqual({
    id: 'free',
    display_name: 'Free',
    is_default: true,
    concurrent_requests: 5,
    requests_per_minute: 60,
    tokens_per_minute: 40_000,
    tokens_per_day: 100_000,
    tokens_per_week: null,
    tokens_per_month: 1_000_000,
    cost_nanos_per_day: 500_000_000,
    cost_nanos_per_week: null,
    cost_nanos_per_month: 5_000_000_000,
    allowed_model_types: null,
    blocked_models: null,
  });
});

test('an admin makes, replaces and deletes a tier', async () => {
  const body = { id: 'team', display_name: 'Team', tokens_per_day: 5, allowed_model_types: ['text', 'image'] };
  const made = await admin('POST /api/v1/admin/tiers', { body });
  expect(made).toMatchObject({ status: 201, body: { ...body, is_default: false, requests_per_minute: null } });
  expect((await admin('POST /api/v1/admin/tiers', { body })).status).toBe(409);

  const settings = { display_name: 'Teams', requests_per_minute: 3, blocked_models: ['gpt'] };
  expect(await admin('PUT /api/v1/admin/tiers/team', { body: settings })).toMatchObject({
    status: 200,
    body: { ...settings, id: 'team', tokens_per_day: null, allowed_model_types: null },
  });
  expect((await admin('DELETE /api/v1/admin/tiers/team')).status).toBe(204);
  for (const target of ['GET', 'DELETE']) expect((await admin(`${target} /api/v1/admin/tiers/team`)).status).toBe(404);
  expect((await admin('PUT /api/v1/admin/tiers/team', { body: settings })).status).toBe(404);
});

test('the default moves to another tier, and is neither deleted nor taken away', async () => {
  await admin('POST /api/v1/admin/tiers', { body: { id: 'start', display_name: 'Start', is_default: true } });
  expect((await listed()).filter((tier) => tier.is_default)).toMatchObject([{ id: 'start' }]);

  expect((await admin('DELETE /api/v1/admin/tiers/start')).status).toBe(409);
  expect((await admin('PUT /api/v1/admin/tiers/start', { body: { display_name: 'Start' } })).status).toBe(409);
  const free = { display_name: 'Free', is_default: true, requests_per_minute: 60 };
  expect((await admin('PUT /api/v1/admin/tiers/free', { body: free })).status).toBe(200);
  expect((await admin('DELETE /api/v1/admin/tiers/start')).status).toBe(204);
});

test('a tier that has users is not deleted', async () => {
  await place.signUp();
  expect(await admin('DELETE /api/v1/admin/tiers/free')).toMatchObject({ status: 409 });
});

test.each([
  [{ display_name: 'No id' }, 'id'],
  [{ id: 'Upper', display_name: 'a' }, 'id'],
  [{ id: 'a' }, 'display_name'],
  [{ id: 'a', display_name: 'a', tokens_per_day: -1 }, 'tokens_per_day'],
  [{ id: 'a', display_name: 'a', allowed_model_types: ['smell'] }, 'allowed_model_types.0'],
  [{ id: 'a', display_name: 'a', blocked_models: [''] }, 'blocked_models.0'],
  [{ id: 'a', display_name: 'a', is_default: 'yes' }, 'is_default'],
  [{ id: 'a', display_name: 'a', price: 7 }, 'price'],
])('a tier that cannot be is a 400 that names the field: %j', async (body, field) => {
  const called = await admin('POST /api/v1/admin/tiers', { body });
  expect(called).toMatchObject({ status: 400, body: { error: { details: { issues: [{ path: field }] } } } });
});

test('operators read tiers and change none; users and strangers do neither', async () => {
  const { asUser } = await place.signUp();
  const body = { display_name: 'Mine' };
  const reads = ['GET /api/v1/admin/tiers', 'GET /api/v1/admin/tiers/free'];
  const writes = ['POST /api/v1/admin/tiers', 'PUT /api/v1/admin/tiers/free', 'DELETE /api/v1/admin/tiers/pro'];
  for (const target of [...reads, ...writes]) {
    const options = /^(POST|PUT)/.test(target) ? { body } : {};
    expect((await place.call(target, options)).status).toBe(401);
    expect((await asUser(target, options)).status).toBe(403);
    expect((await operator(target, options)).status).toBe(reads.includes(target) ? 200 : 403);
  }
});
