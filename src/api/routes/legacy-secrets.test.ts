import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { apiPlace } from '../../../test/api-place.ts';
import type { ApiPlace } from '../../../test/api-place.ts';
import { blogger } from '../../../test/blogger.ts';
import { staffOf } from '../../../test/catalog-staff.ts';
import { loginState, secrets } from '../../../test/credential-place.ts';
import { workerKeyId } from '../../client/client.ts';
import { createCredentials } from '../../domain/credentials/credentials.ts';
import { PlatformAccount } from '../../entities/platform-account.ts';
import { createLogger } from '../../infra/logger.ts';

const keys = await blogger.worker();
const legacy = { sync_key: secrets.syncKey, user_password: secrets.password };
const content = { title: 'Bees', markdown: 'They *dance*.' };
const publish = 'POST /api/v1/publish/wordpress';
const batch = 'POST /api/v1/publish/batch';

let place: ApiPlace;
beforeAll(async () => {
  place = await apiPlace({
    starts: true,
    workerPublicKey: keys.publicKey,
    settings: { AUTH_REQUESTS_PER_MINUTE: '100000' },
  });
});
afterAll(() => place.close());

/** As a browser worker opens it. */
async function opened(userId: string, publicationId: string) {
  const { database } = place;
  const logger = createLogger({ level: 'silent', name: 'test' });
  const worker = createCredentials({ database, workerPublicKey: undefined, now: () => new Date(), logger });
  const { id: accountId } = await database.em.fork().findOneOrFail(PlatformAccount, { userId });
  return worker.openGrant({ accountId, purpose: 'publication', publicationId }, keys.privateKey);
}

/** Every row of every table, the histories of runs, and the log. */
async function everything(publicationId: string): Promise<string> {
  const em = place.database.em.fork();
  const tables = await em.execute<{ name: string }[]>(
    `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
  );
  const rows = await Promise.all(tables.map(({ name }) => place.database.em.fork().execute(`select * from "${name}"`)));
  const { events } = await place.temporal.workflow.getHandle(`publish:${publicationId}`).fetchHistory();
  return JSON.stringify([rows, events, place.logLines]);
}

test('both secrets of a client of old publish now, later and to many accounts, and are found nowhere afterwards', async () => {
  const { asUser, userId } = await blogger(place, keys);
  const post = { account_id: 'my-blog', content, force: true, ...legacy };
  const now = await asUser(publish, { body: post, headers: { 'idempotency-key': 'one' } });
  const again = await asUser(publish, { body: post, headers: { 'idempotency-key': 'one' } });
  expect([now.status, blogger.idOf(again)]).toEqual([202, blogger.idOf(now)]);
  const at = new Date(Date.now() + 86_400_000).toISOString();
  const later = await asUser('POST /api/v1/publish/schedule', {
    body: { ...post, platform: 'wordpress', scheduled_at: at },
  });
  expect(later).toMatchObject({ status: 202, body: { scheduled_at: at } });
  const targets = [{ platform: 'wordpress', account_id: 'my-blog' }];
  expect((await asUser(batch, { body: { content, force: true, targets, ...legacy } })).status).toBe(202);

  for (const one of [now, later]) {
    expect(await opened(userId, blogger.idOf(one))).toMatchObject({ storageState: loginState });
    const all = await everything(blogger.idOf(one));
    expect(all).toContain(blogger.idOf(one));
    for (const secret of Object.values(legacy)) expect(all).not.toContain(secret);
  }
});

test.each([
  [{ ...legacy, user_password: 'a wrong password' }, 'sync_key'],
  [{ ...legacy, sync_key: 'AAAA' }, 'sync_key'],
  [{ sync_key: secrets.syncKey }, 'user_password'],
  [{ user_password: secrets.password }, 'grant'],
  [{}, 'grant'],
  [{ ...legacy, user_password: '' }, 'user_password'],
])('secrets that open nothing are a 400 that names the field and repeats neither (%#)', async (body, field) => {
  const { asUser } = await blogger(place, keys);
  const refused = await asUser(publish, { body: { account_id: 'my-blog', content, ...body } });
  expect(refused).toMatchObject({ status: 400, body: { error: { message: expect.stringMatching(`^${field}`) } } });
  expect(JSON.stringify(refused.body)).not.toMatch(new RegExp(`wrong password|${secrets.syncKey}|${secrets.password}`));
});

test('a grant and the secrets together are refused, and so are the secrets of somebody else’s account', async () => {
  const { asUser, grant } = await blogger(place, keys);
  const both = { account_id: 'my-blog', content, grant: await grant(), ...legacy };
  expect((await asUser(publish, { body: both })).status).toBe(400);
  const stranger = await place.signUp();
  const post = { account_id: 'my-blog', content, ...legacy };
  expect((await stranger.asUser(publish, { body: post })).status).toBe(404);
});

test('operators see which grants need which worker key, and nobody else does', async () => {
  const { user, operator } = await staffOf(place);
  const keyId = await workerKeyId(keys.publicKey);
  const { publish: ask } = await blogger(place, keys);
  const id = await ask({ title: 'Of this key' });
  const routes = ['GET /api/v1/admin/worker-keys', `GET /api/v1/admin/worker-keys/${keyId}/grants?limit=100`] as const;
  expect((await operator.call(routes[0])).body).toMatchObject({ data: [{ key_id: keyId, state: 'current' }] });
  const listed = await operator.call(routes[1]);
  expect(listed).toMatchObject({ status: 200, body: { next_cursor: null } });
  expect(JSON.stringify(listed.body)).toContain(id);
  expect((await operator.call(`${routes[1]}&cursor=grt_none`)).status).toBe(400);
  for (const route of routes) {
    expect((await user.call(route)).status).toBe(403);
    expect((await place.call(route)).status).toBe(401);
  }
});
