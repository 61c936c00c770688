import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { apiPlace } from '../../../test/api-place.ts';
import type { ApiPlace } from '../../../test/api-place.ts';
import { blogger } from '../../../test/blogger.ts';
import { Publication } from '../../entities/publication.ts';
import { createLoginChallenges } from '../../domain/login/login.ts';
import type { LoginChallenges } from '../../domain/login/login.ts';
import { createKeyring } from '../../infra/keyring.ts';
import { openRedis } from '../../infra/redis.ts';

let place: ApiPlace;
/** What the browser worker would do. */
let worker: LoginChallenges;
let close: () => void;
const keys = await blogger.worker();

beforeAll(async () => {
  place = await apiPlace({ starts: true, workerPublicKey: keys.publicKey });
  const redis = openRedis({ url: place.config.REDIS_URL, prefix: place.config.REDIS_PREFIX });
  await redis.connect();
  close = () => redis.disconnect();
  const keyring = createKeyring(place.config.ENCRYPTION_KEYS);
  worker = createLoginChallenges({ redis, keyring, now: () => new Date() });
});
afterAll(async () => {
  close();
  await place.close();
});

const challenge = {
  id: 'one',
  reason: 'sms_code' as const,
  prompt: 'Type the code of the SMS.',
  picture: 'data:image/png;base64,AAAA',
  accepts_code: true,
  code_refused: false,
  expires_at: '2099-01-01T00:00:00.000Z',
};

async function waiting() {
  const person = await blogger(place, keys);
  const id = await person.publish();
  const row = { state: 'needs_login', needsLoginReason: 'sms_code' } as const;
  await place.database.em.fork().nativeUpdate(Publication, { id }, row);
  return { ...person, id };
}

test('what a platform asks is shown to its owner, kept in no cache, and the code goes to the worker once', async () => {
  const { asUser, id } = await waiting();
  await worker.offer(id, challenge);
  const shown = await asUser(`GET /api/v1/publish/${id}/login`);
  const { id: challenge_id, ...rest } = challenge;
  expect(shown).toMatchObject({ status: 200, body: { challenge_id, ...rest } });
  expect(shown.headers.get('cache-control')).toBe('no-store');
  const posted = await asUser(`POST /api/v1/publish/${id}/login`, { body: { code: ' 471147 ' } });
  expect(posted).toMatchObject({ status: 202, body: { status: 'typed_soon' } });
  expect(await worker.takeCode(id, 'one')).toBe('471147');
  expect(await worker.takeCode(id, 'one')).toBeNull();
  expect(place.logLines.join('')).not.toContain('471147');
  expect(await asUser(`GET /api/v1/publish/status/${id}`)).toMatchObject({
    body: { status: 'needs_login', needs_login_reason: 'sms_code' },
  });
});

test('nothing that is asked is a 409, what is over is a 410, and a code that nobody wants is a 409', async () => {
  const { asUser, id } = await waiting();
  const target = `/api/v1/publish/${id}/login`;
  const code = { body: { code: '1' } };
  const refused = { status: 409, body: { error: { code: 'login_not_asked' } } };
  expect(await asUser(`GET ${target}`)).toMatchObject(refused);
  expect(await asUser(`POST ${target}`, code)).toMatchObject(refused);
  await worker.offer(id, { ...challenge, accepts_code: false });
  expect(await asUser(`POST ${target}`, code)).toMatchObject({ status: 409, body: { error: { code: 'conflict' } } });
  await worker.end(id, { challenge, outcome: 'expired' });
  const over = { status: 410, body: { error: { code: 'login_ended', details: { outcome: 'expired' } } } };
  expect(await asUser(`GET ${target}`)).toMatchObject(over);
  expect(await asUser(`POST ${target}`, code)).toMatchObject(over);
});

test('a paused publication asks again when its owner is there, and no other does', async () => {
  const { asUser, id, publish } = await waiting();
  expect(await asUser(`POST /api/v1/publish/${id}/login/again`)).toMatchObject({ status: 202 });
  const history = await place.temporal.workflow.getHandle(`publish:${id}`).fetchHistory();
  expect(JSON.stringify(history.events)).toContain('loginRenewed');
  const queued = await publish({ title: 'Another' });
  const refused = await asUser(`POST /api/v1/publish/${queued}/login/again`);
  expect(refused).toMatchObject({ status: 409, body: { error: { code: 'login_not_asked' } } });
});

test.each([
  [{}, 'code'],
  [{ code: '' }, 'code'],
  [{ code: 'x'.repeat(65) }, 'code'],
  [{ code: '1', user_id: 'usr_1' }, 'user_id'],
])('a code that is none is a 400 that names the field and does not repeat it (%#)', async (body, field) => {
  const { asUser, id } = await waiting();
  const called = await asUser(`POST /api/v1/publish/${id}/login`, { body });
  expect(called).toMatchObject({ status: 400, body: { error: { message: expect.stringContaining(field) } } });
  expect(JSON.stringify(called.body)).not.toContain('xxxxx');
});

test('nobody else sees or answers what my platform asks me', async () => {
  const { id } = await waiting();
  await worker.offer(id, challenge);
  const stranger = await place.signUp();
  const routes = [`GET /api/v1/publish/${id}/login`, `POST /api/v1/publish/${id}/login/again`];
  for (const target of routes) {
    expect((await stranger.asUser(target)).status).toBe(404);
    expect((await place.call(target)).status).toBe(401);
  }
  const post = `POST /api/v1/publish/${id}/login`;
  expect((await stranger.asUser(post, { body: { code: '1' } })).status).toBe(404);
  expect((await place.call(post, { body: { code: '1' } })).status).toBe(401);
  expect(await worker.takeCode(id, 'one')).toBeNull();
});
