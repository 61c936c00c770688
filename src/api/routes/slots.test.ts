import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { apiPlace } from '../../../test/api-place.ts';
import type { ApiPlace } from '../../../test/api-place.ts';
import { seal } from '../../../test/credential-place.ts';
import { weekdays } from '../../domain/schedule/slots.ts';

const path = '/api/v1/publish/accounts/wordpress/my-blog/slots';
const { envelope } = await seal('my-blog');
const everyDay = Object.fromEntries(weekdays.map((day) => [day, ['09:00']]));

let place: ApiPlace;

beforeAll(async () => {
  place = await apiPlace({ settings: { AUTH_REQUESTS_PER_MINUTE: '100000' } });
});
afterAll(() => place.close());

async function blogger() {
  const person = await place.signUp();
  const upload = { platform: 'wordpress', account_id: 'my-blog', site_url: 'https://blog.example/', device_id: 'd' };
  await person.asUser('POST /api/v1/credential/upload', { body: { ...upload, envelope } });
  return person;
}

test('slots are set, read and counted from now', async () => {
  const { asUser } = await blogger();
  const body = { zone: 'America/New_York', weekdays: { ...everyDay, monday: ['18:00', '09:00'] } };
  const stored = { zone: 'America/New_York', weekdays: { ...everyDay, monday: ['09:00', '18:00'] } };
  expect(await asUser(`PUT ${path}`, { body })).toMatchObject({ status: 200, body: stored });
  expect(await asUser(`GET ${path}`)).toMatchObject({ status: 200, body: stored });

  const next = await asUser(`GET ${path}/next?count=8`);
  expect(next).toMatchObject({ status: 200, body: { data: expect.any(Array) } });
  expect(JSON.stringify(next.body).match(/T\d\d:00:00\.000Z/g)).toHaveLength(8);
});

test('an account without slots has empty ones, and none is next', async () => {
  const { asUser } = await blogger();
  expect(await asUser(`GET ${path}`)).toMatchObject({ body: { zone: 'UTC', weekdays: { monday: [] } } });
  expect(await asUser(`GET ${path}/next`)).toMatchObject({ status: 200, body: { data: [] } });
});

test.each([
  [{ zone: 'Europe/Nowhere' }, 'zone'],
  [{ zone: '+01:00' }, 'zone'],
  [{ zone: '' }, 'zone'],
  [{ weekdays: { monday: ['9:00'] } }, 'weekdays.monday.0'],
  [{ weekdays: { monday: ['24:00'] } }, 'weekdays.monday.0'],
  [{ weekdays: { monday: ['09:00', '09:00'] } }, 'weekdays.monday'],
  [{ weekdays: { montag: ['09:00'] } }, 'weekdays.montag'],
  [{ weekdays: { monday: Array.from({ length: 25 }, (_, at) => `00:${at + 10}`) } }, 'weekdays.monday'],
  [{ timezone: 'UTC' }, 'timezone'],
])('slots that are not right are a 400 that names the field (%#)', async (change, field) => {
  const { asUser } = await blogger();
  const called = await asUser(`PUT ${path}`, { body: { zone: 'UTC', weekdays: everyDay, ...change } });
  expect(called).toMatchObject({ status: 400, body: { error: { message: expect.stringContaining(`${field}: `) } } });
});

test.each(['0', '101', 'many', '1.5'])('a count of %s is a 400 that names it', async (count) => {
  const { asUser } = await blogger();
  const called = await asUser(`GET ${path}/next?count=${count}`);
  expect(called).toMatchObject({ status: 400, body: { error: { message: expect.stringContaining('count: ') } } });
});

test('slots are their owner’s alone', async () => {
  await blogger();
  const stranger = await place.signUp();
  const body = { zone: 'UTC', weekdays: everyDay };
  for (const target of [`GET ${path}`, `GET ${path}/next`]) {
    expect((await stranger.asUser(target)).status).toBe(404);
    expect((await place.call(target)).status).toBe(401);
  }
  expect((await stranger.asUser(`PUT ${path}`, { body })).status).toBe(404);
  expect((await place.call(`PUT ${path}`, { body })).status).toBe(401);
});
