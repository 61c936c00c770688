import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { apiPlace } from '../../../test/api-place.ts';
import type { ApiPlace } from '../../../test/api-place.ts';
import { blogger } from '../../../test/blogger.ts';

const path = '/api/v1/publish/accounts/wordpress/my-blog';
const worker = await blogger.worker();
let place: ApiPlace;

beforeAll(async () => {
  const settings = { AUTH_REQUESTS_PER_MINUTE: '100000' };
  place = await apiPlace({ settings, starts: true, workerPublicKey: worker.publicKey });
});
afterAll(() => place.close());

const own = { min_gap_seconds: 3_600, per_day: 3, jitter_seconds: 60 };
const platform = { min_gap_seconds: 0, per_day: null, jitter_seconds: 0 };

test('an owner sets a slower pace and reads it beside the platform’s', async () => {
  const { asUser } = await blogger(place, worker);
  expect((await asUser(`GET ${path}/pace`)).body).toEqual({ platform, own: null, effective: platform });
  const set = await asUser(`PUT ${path}/pace`, { body: own });
  expect(set).toMatchObject({ status: 200, body: { platform, own, effective: own } });
  expect((await asUser(`GET ${path}/pace`)).body).toEqual({ platform, own, effective: own });
});

test.each([
  [{ min_gap_seconds: -1 }, 'min_gap_seconds'],
  [{ min_gap_seconds: 604_801 }, 'min_gap_seconds'],
  [{ per_day: 0 }, 'per_day'],
  [{ jitter_seconds: 0.5 }, 'jitter_seconds'],
  [{ faster: true }, 'faster'],
])('a pace that is none is a 400 that names the field (%#)', async (change, field) => {
  const { asUser } = await blogger(place, worker);
  const called = await asUser(`PUT ${path}/pace`, { body: { ...own, ...change } });
  expect(called).toMatchObject({ status: 400, body: { error: { message: expect.stringContaining(field) } } });
});

test('a disabled account says so, refuses what is new, and takes it again when it is enabled', async () => {
  const person = await blogger(place, worker);
  const { asUser } = person;
  const active = { health: 'active', health_until: null, health_reason: null };
  expect(await asUser(`POST ${path}/disable`)).toMatchObject({ status: 200, body: { ...active, health: 'disabled' } });
  const accounts = await asUser('GET /api/v1/credential/accounts');
  expect(accounts.body).toMatchObject({ data: [{ ...active, health: 'disabled' }] });
  const order = async () => asUser('POST /api/v1/publish/wordpress', { body: await person.post() });
  const refused = await order();
  expect(refused).toMatchObject({
    status: 409,
    body: { error: { code: 'conflict', details: { health: 'disabled' } } },
  });
  expect(await asUser(`POST ${path}/enable`)).toMatchObject({ status: 200, body: active });
  expect((await order()).status).toBe(202);
});

test('an account is its owner’s alone', async () => {
  await blogger(place, worker);
  const stranger = await place.signUp();
  const targets = [`GET ${path}/pace`, `PUT ${path}/pace`, `POST ${path}/disable`, `POST ${path}/enable`];
  for (const target of targets) {
    const options = target.startsWith('PUT') ? { body: own } : {};
    expect((await stranger.asUser(target, options)).status).toBe(404);
    expect((await place.call(target, options)).status).toBe(401);
  }
});
