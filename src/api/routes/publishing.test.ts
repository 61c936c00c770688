import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { apiPlace } from '../../../test/api-place.ts';
import type { ApiPlace, Called } from '../../../test/api-place.ts';
import { seal } from '../../../test/credential-place.ts';
import { createPublications } from '../../domain/publishing/publications.ts';
import { generateWorkerKeyPair, sealGrant } from '../../client/client.ts';

const worker = await generateWorkerKeyPair();
const { envelope, keys } = await seal('my-blog');
const publish = 'POST /api/v1/publish/wordpress';
const schedule = 'POST /api/v1/publish/schedule';
const tomorrow = new Date(Date.now() + 86_400_000);

let place: ApiPlace;

beforeAll(async () => {
  place = await apiPlace({
    starts: true,
    workerPublicKey: worker.publicKey,
    settings: { AUTH_REQUESTS_PER_MINUTE: '100000' },
  });
});
afterAll(() => place.close());

const idOf = ({ body }: Called) => z.object({ task_id: z.string() }).parse(body).task_id;

async function blogger() {
  const person = await place.signUp();
  const upload = {
    platform: 'wordpress',
    account_id: 'my-blog',
    site_url: 'https://blog.example/',
    device_id: 'd',
    envelope,
  };
  await person.asUser('POST /api/v1/credential/upload', { body: upload });
  return person;
}

async function post() {
  const made = {
    envelope,
    keys,
    purpose: 'publication' as const,
    expiresAt: new Date(tomorrow.getTime() + 86_400_000),
    workerPublicKey: worker.publicKey,
  };
  return { account_id: 'my-blog', content: { title: 'Bees', markdown: 'They *dance*.' }, grant: await sealGrant(made) };
}

test('a publication is a 202, a row and a run', async () => {
  const { asUser } = await blogger();
  const started = await asUser(publish, { body: await post() });

  expect(started).toMatchObject({ status: 202, body: { task_id: expect.stringMatching(/^pub_/), status: 'queued' } });
  expect(await asUser(`GET ${started.headers.get('location')}`)).toMatchObject({
    status: 200,
    body: {
      task_id: idOf(started),
      status: 'queued',
      platform: 'wordpress',
      title: 'Bees',
      history: [{ status: 'queued' }],
    },
  });
  const run = await place.temporal.workflow.getHandle(`publish:${idOf(started)}`).describe();
  expect(run).toMatchObject({ type: 'publish', taskQueue: 'orchestrator' });
});

test('the next free slot of an account is taken by one post, and told', async () => {
  const { asUser } = await blogger();
  const order = async () => {
    const body = { ...(await post()), platform: 'wordpress', scheduled_at: 'next_free_slot', force: true };
    return asUser(schedule, { body });
  };
  const refused = {
    status: 422,
    body: { error: { message: expect.stringMatching(/^scheduled_at.*no posting slots/) } },
  };
  expect(await order()).toMatchObject(refused);
  const account = '/api/v1/publish/accounts/wordpress/my-blog/slots';
  const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
  const weekdays = Object.fromEntries(days.map((day) => [day, ['01:00', '09:00', '17:00']]));
  await asUser(`PUT ${account}`, { body: { zone: 'UTC', weekdays } });
  const { data } = z.object({ data: z.array(z.string()) }).parse((await asUser(`GET ${account}/next?count=2`)).body);
  for (const scheduled_at of data) expect(await order()).toMatchObject({ status: 202, body: { scheduled_at } });
});

test('a scheduled publication waits for its time', async () => {
  const { asUser } = await blogger();
  const body = { ...(await post()), platform: 'wordpress', scheduled_at: tomorrow.toISOString() };
  const started = await asUser(schedule, { body });

  expect(started).toMatchObject({ status: 202, body: { status: 'scheduled' } });
  expect(await asUser(`GET /api/v1/publish/status/${idOf(started)}`)).toMatchObject({
    body: { scheduled_at: tomorrow.toISOString() },
  });
});

test('the same key and body are one publication; another body is a 409', async () => {
  const { asUser } = await blogger();
  const body = await post();
  const headers = { 'idempotency-key': 'post-1' };
  const [first, second] = await Promise.all([1, 2].map(() => asUser(publish, { body, headers })));

  expect(idOf(first ?? { body: null, status: 0, headers: new Headers() })).toBe(second && idOf(second));
  const other = { ...body, content: { ...body.content, title: 'Wasps' } };
  expect((await asUser(publish, { body: other, headers })).status).toBe(409);
});

test.each([
  [{ account_id: '' }, 'account_id'],
  [{ content: { title: '', markdown: 'x' } }, 'content.title'],
  [{ content: { title: 'x', markdown: 'x', html: 'x' } }, 'content.html'],
  [{ grant: { v: 2 } }, 'grant.v'],
  [{ user_id: 'usr_other' }, 'user_id'],
])('a post that is not right is a 400 that names the field (%#)', async (change, field) => {
  const { asUser } = await blogger();
  const called = await asUser(publish, { body: { ...(await post()), ...change } });
  expect(called).toMatchObject({ status: 400, body: { error: { message: expect.stringContaining(`${field}: `) } } });
});

test('a time that is past or no time is a 400', async () => {
  const { asUser } = await blogger();
  for (const at of ['2020-01-01T00:00:00Z', 'tomorrow']) {
    const body = { ...(await post()), platform: 'wordpress', scheduled_at: at };
    expect(await asUser(schedule, { body })).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringMatching(/^scheduled_at/) } },
    });
  }
});

test('an unknown platform and an unknown account are a 404', async () => {
  const { asUser } = await blogger();
  expect((await asUser('POST /api/v1/publish/nowhere', { body: await post() })).status).toBe(404);
  expect((await asUser(publish, { body: { ...(await post()), account_id: 'other' } })).status).toBe(404);
});

test('a publication is its owner’s alone', async () => {
  const [owner, stranger] = [await blogger(), await blogger()];
  const id = idOf(await owner.asUser(publish, { body: await post() }));

  for (const target of [`GET /api/v1/publish/status/${id}`, `DELETE /api/v1/publish/${id}`]) {
    expect((await stranger.asUser(target)).status).toBe(404);
    expect((await place.call(target)).status).toBe(401);
  }
  for (const target of [publish, schedule]) expect((await place.call(target, { body: {} })).status).toBe(401);
});

test('a publication whose run has ended cannot be cancelled', async () => {
  const { asUser } = await blogger();
  const id = idOf(await asUser(publish, { body: await post() }));
  await place.temporal.workflow.getHandle(`publish:${id}`).terminate();
  await createPublications({ database: place.database, now: () => new Date() }).claimRun(id, 'run-1');

  expect(await asUser(`DELETE /api/v1/publish/${id}`)).toMatchObject({
    status: 409,
    body: { error: { code: 'too_late' } },
  });
});
