import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { apiPlace } from '../../../test/api-place.ts';
import type { ApiPlace, Called } from '../../../test/api-place.ts';
import { seal } from '../../../test/credential-place.ts';
import { generateWorkerKeyPair, sealGrant } from '../../client/client.ts';

const worker = await generateWorkerKeyPair();
const { envelope, keys } = await seal('my-blog');
const path = '/api/v1/publish/recurring';
const nextYear = new Date().getUTCFullYear() + 1;
const order = {
  platform: 'wordpress',
  account_id: 'my-blog',
  content: { title: 'Bees', markdown: 'They *dance*.' },
  rrule: 'FREQ=WEEKLY;COUNT=3',
  starts_at: `${nextYear}-03-01T09:00`,
  zone: 'Europe/Berlin',
};

let place: ApiPlace;

beforeAll(async () => {
  const settings = { AUTH_REQUESTS_PER_MINUTE: '100000' };
  place = await apiPlace({ starts: true, workerPublicKey: worker.publicKey, settings });
});
afterAll(() => place.close());

const idOf = ({ body }: Called) => z.object({ task_id: z.string() }).parse(body).task_id;

async function blogger() {
  const person = await place.signUp();
  const upload = { platform: 'wordpress', account_id: 'my-blog', site_url: 'https://blog.example/', device_id: 'd' };
  await person.asUser('POST /api/v1/credential/upload', { body: { ...upload, envelope } });
  return person;
}

const grant = () =>
  sealGrant({
    envelope,
    keys,
    purpose: 'publication',
    expiresAt: new Date(Date.UTC(nextYear + 1, 0)),
    workerPublicKey: worker.publicKey,
  });

test('a recurring post is a 202, a row and a run', async () => {
  const { asUser } = await blogger();
  const grants = [{ occurrence: `${nextYear}-03-08T09:00`, grant: await grant() }];
  const started = await asUser(`POST ${path}`, { body: { ...order, grants } });
  expect(started).toMatchObject({ status: 202, body: { task_id: expect.stringMatching(/^rec_/), status: 'active' } });

  expect(await asUser(`GET ${started.headers.get('location')}`)).toMatchObject({
    status: 200,
    body: {
      id: idOf(started),
      title: 'Bees',
      status: 'active',
      next_at: `${nextYear}-03-01T08:00:00.000Z`,
      made: 0,
      coming: [
        { occurrence: order.starts_at, has_grant: false },
        { occurrence: `${nextYear}-03-08T09:00`, has_grant: true },
        { occurrence: `${nextYear}-03-15T09:00`, has_grant: false },
      ],
    },
  });
  const run = await place.temporal.workflow.getHandle(`recur:${idOf(started)}`).describe();
  expect(run).toMatchObject({ type: 'recurringPost', taskQueue: 'orchestrator', status: { name: 'RUNNING' } });
});

test('the same key and body are one recurring post; another body is a 409', async () => {
  const { asUser } = await blogger();
  const headers = { 'idempotency-key': 'weekly' };
  const [first, second] = await Promise.all([1, 2].map(() => asUser(`POST ${path}`, { body: order, headers })));
  expect(first && idOf(first)).toBe(second && idOf(second));
  expect((await asUser(`POST ${path}`, { body: { ...order, zone: 'UTC' }, headers })).status).toBe(409);
});

test('it is paused, changed, given grants, resumed and ended', async () => {
  const { asUser } = await blogger();
  const one = `${path}/${idOf(await asUser(`POST ${path}`, { body: order }))}`;
  expect(await asUser(`PATCH ${one}`, { body: { status: 'paused' } })).toMatchObject({
    status: 200,
    body: { status: 'paused', next_at: null },
  });
  const grants = [{ occurrence: order.starts_at, grant: await grant() }];
  const content = { title: 'Wasps', markdown: 'They do not.' };
  expect(await asUser(`PATCH ${one}`, { body: { status: 'active', content, grants } })).toMatchObject({
    status: 200,
    body: { status: 'active', title: 'Wasps', coming: [{ has_grant: true }, {}, {}] },
  });
  expect(await asUser(`DELETE ${one}`)).toMatchObject({ status: 200, body: { status: 'ended', coming: [] } });
  expect((await asUser(`DELETE ${one}`)).status).toBe(200);
  expect((await asUser(`PATCH ${one}`, { body: { status: 'active' } })).status).toBe(409);
});

test('the list is paged, the newest first', async () => {
  const { asUser } = await blogger();
  const ids = [];
  for (let at = 0; at < 3; at++) ids.unshift(idOf(await asUser(`POST ${path}`, { body: order })));
  const page = await asUser(`GET ${path}?limit=2`);
  expect(page).toMatchObject({ status: 200, body: { data: [{ id: ids[0] }, { id: ids[1] }], next_cursor: ids[1] } });
  expect(await asUser(`GET ${path}?limit=2&cursor=${ids[1]}`)).toMatchObject({
    body: { data: [{ id: ids[2] }], next_cursor: null },
  });
});

test.each([
  [400, { zone: 'Mars/Olympus' }, 'zone'],
  [400, { starts_at: '2026-02-30T09:00' }, 'starts_at'],
  [400, { starts_at: `${nextYear}-03-01T09:00:00Z` }, 'starts_at'],
  [400, { content: { title: '', markdown: 'x' } }, 'content.title'],
  [400, { grants: [{ occurrence: order.starts_at, grant: { v: 2 } }] }, 'grants.0.grant.v'],
  [400, { user_id: 'usr_other' }, 'user_id'],
  [422, { rrule: 'FREQ=DAILY' }, 'rrule'],
  [422, { rrule: 'FREQ=DAILY;COUNT=501' }, 'rrule'],
  [422, { rrule: 'FREQ=SECONDLY;COUNT=2' }, 'rrule'],
  [422, { starts_at: '2020-01-01T09:00' }, 'rrule'],
])('an order that is not right is a %i that names the field (%#)', async (status, change, field) => {
  const { asUser } = await blogger();
  const called = await asUser(`POST ${path}`, { body: { ...order, ...change } });
  expect(called).toMatchObject({ status, body: { error: { message: expect.stringContaining(`${field}: `) } } });
});

test('a change that changes nothing, or content beyond the platform’s limits, is refused', async () => {
  const { asUser } = await blogger();
  const one = `${path}/${idOf(await asUser(`POST ${path}`, { body: order }))}`;
  expect((await asUser(`PATCH ${one}`, { body: {} })).status).toBe(400);
  expect((await asUser(`PATCH ${one}`, { body: { status: 'ended' } })).status).toBe(400);
  const called = await asUser(`PATCH ${one}`, { body: { content: { ...order.content, title: 'x'.repeat(251) } } });
  expect(called).toMatchObject({ status: 422, body: { error: { details: { violations: expect.any(Array) } } } });
});

test('an unknown platform and an unknown account are a 404', async () => {
  const { asUser } = await blogger();
  expect((await asUser(`POST ${path}`, { body: { ...order, platform: 'nowhere' } })).status).toBe(404);
  expect((await asUser(`POST ${path}`, { body: { ...order, account_id: 'other' } })).status).toBe(404);
});

test('a recurring post is its owner’s alone', async () => {
  const [owner, stranger] = [await blogger(), await blogger()];
  const one = `${path}/${idOf(await owner.asUser(`POST ${path}`, { body: order }))}`;
  const body = { status: 'paused' };
  for (const [target, options] of [
    [`GET ${one}`, {}],
    [`DELETE ${one}`, {}],
    [`PATCH ${one}`, { body }],
  ] as const) {
    expect((await stranger.asUser(target, options)).status).toBe(404);
    expect((await place.call(target, options)).status).toBe(401);
  }
  expect(await stranger.asUser(`GET ${path}`)).toMatchObject({ status: 200, body: { data: [] } });
  for (const target of [`GET ${path}`, `POST ${path}`]) expect((await place.call(target)).status).toBe(401);
});
