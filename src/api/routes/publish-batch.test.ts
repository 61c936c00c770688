import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { apiPlace } from '../../../test/api-place.ts';
import type { ApiPlace } from '../../../test/api-place.ts';
import { blogger } from '../../../test/blogger.ts';
import { Publication } from '../../entities/publication.ts';

let place: ApiPlace;
const worker = await blogger.worker();
const BATCH = 'POST /api/v1/publish/batch';

beforeAll(async () => {
  place = await apiPlace({
    starts: true,
    workerPublicKey: worker.publicKey,
    settings: { AUTH_REQUESTS_PER_MINUTE: '100000' },
  });
});
afterAll(() => place.close());

async function somebody() {
  const person = await blogger(place, worker);
  const target = async (more: object = {}) => ({
    platform: 'wordpress',
    account_id: 'my-blog',
    grant: await person.grant(),
    ...more,
  });
  return { ...person, target };
}
const content = { title: 'Bees', markdown: 'They *dance*.' };
const statusOf = z.object({
  batch_id: z.string(),
  data: z.array(z.object({ task_id: z.string(), title: z.string() })),
});

test('a batch is a publication for each target, with what each gets instead, and each has its run', async () => {
  const { asUser, target } = await somebody();
  const targets = [await target(), await target({ content: { title: 'Bees, again' } })];
  const made = await asUser(BATCH, { body: { content, targets } });
  expect(made).toMatchObject({ status: 202, body: { final: false, counts: { queued: 2 } } });
  const { batch_id: batchId, data } = statusOf.parse(made.body);
  expect(data.map(({ title }) => title)).toEqual(['Bees', 'Bees, again']);
  for (const { task_id: id } of data)
    expect(await place.temporal.workflow.getHandle(`publish:${id}`).describe()).toMatchObject({ type: 'publish' });

  const [first] = data;
  await place.database.em.fork().nativeUpdate(Publication, { id: first?.task_id ?? '' }, { state: 'failed' });
  expect((await asUser(`GET /api/v1/publish/batch/${batchId}`)).body).toMatchObject({
    final: false,
    counts: { failed: 1, queued: 1 },
  });
});

test('everything that is wrong with any target is told at once, and nothing is begun', async () => {
  const { asUser, target } = await somebody();
  const targets = [
    await target(),
    await target({ content: { title: 'x'.repeat(400), tags: Array.from({ length: 50 }, (_, at) => `tag ${at}`) } }),
    await target({ account_id: 'nobody' }),
    await target({ platform: 'nowhere' }),
    await target(),
  ];
  const refused = await asUser(BATCH, { body: { content, targets } });
  expect(refused.status).toBe(422);
  const { violations } = z
    .object({ error: z.object({ details: z.object({ violations: z.array(z.looseObject({ target: z.int() })) }) }) })
    .parse(refused.body).error.details;
  expect(violations).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ target: 1, field: 'title' }),
      expect.objectContaining({ target: 2, code: 'not_found' }),
      expect.objectContaining({ target: 3, code: 'not_found' }),
      expect.objectContaining({ target: 4, code: 'duplicate' }),
    ]),
  );
  expect(violations.filter(({ target: at }) => at === 0)).toEqual([]);
  expect((await asUser('GET /api/v1/publish')).body).toMatchObject({ data: [] });
});

test('the same key and body are one batch', async () => {
  const { asUser, target } = await somebody();
  const body = { content, targets: [await target()] };
  const headers = { 'idempotency-key': 'batch-1' };
  const both = await Promise.all([1, 2].map(() => asUser(BATCH, { body, headers })));
  const [one, other] = both.map((called) => statusOf.parse(called.body).batch_id);
  expect(one).toBe(other);
  expect((await asUser(BATCH, { body: { ...body, force: true }, headers })).status).toBe(409);
});

test.each([
  [{ targets: [] }, 'targets'],
  [{ targets: [{ platform: 'wordpress', account_id: 'my-blog' }] }, 'targets.0.grant'],
  [{ content: { title: '' } }, 'content.title'],
  [{ user_id: 'usr_1' }, 'user_id'],
])('a batch that is not right is a 400 that names the field (%#)', async (change, field) => {
  const { asUser, target } = await somebody();
  const called = await asUser(BATCH, { body: { content, targets: [await target()], ...change } });
  expect(called).toMatchObject({ status: 400, body: { error: { message: expect.stringContaining(field) } } });
});

test('a batch is its owner’s alone', async () => {
  const [owner, stranger] = [await somebody(), await somebody()];
  const made = await owner.asUser(BATCH, { body: { content, targets: [await owner.target()] } });
  const target = `GET /api/v1/publish/batch/${statusOf.parse(made.body).batch_id}`;
  expect((await stranger.asUser(target)).status).toBe(404);
  expect((await place.call(target)).status).toBe(401);
  expect((await place.call(BATCH, { body: {} })).status).toBe(401);
});
