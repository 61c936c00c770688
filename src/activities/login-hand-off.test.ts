import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openEnvelope } from '../client/client.ts';
import { secrets } from '../../test/credential-place.ts';
import { loginPlace } from '../../test/login-place.ts';
import type { LoginPlace } from '../../test/login-place.ts';
import { SMS_CODE } from '../../test/login-site.ts';
import { Notice } from '../entities/notice.ts';
import { until } from '../../dev/stack/until.ts';

let place: LoginPlace;
beforeAll(async () => {
  place = await loginPlace();
});
afterAll(() => place.close());

/** The challenge as its owner sees it, once it is as wanted. */
async function shown(publicationId: string, isWanted: (one: Shown) => boolean = () => true): Promise<Shown> {
  const seen = () => place.login.shown(publicationId).then(isWanted, () => false);
  expect(await until(seen, { timeoutMs: 15_000 })).toBe(true);
  return place.login.shown(publicationId);
}
type Shown = Awaited<ReturnType<LoginPlace['login']['shown']>>;

test('a QR code is shown to its owner, exchanged when the site exchanges it, and the same context goes on once it was scanned', async () => {
  const { site, account, publicationId, ended } = await place.asked('qr');
  const first = await shown(publicationId, ({ picture }) => picture !== null);
  expect(first).toMatchObject({ reason: 'qr', accepts_code: false });
  expect(Buffer.from(first.picture?.split(',')[1] ?? '', 'base64').toString('latin1', 1, 4)).toBe('PNG');
  site.renewQr();
  const second = await shown(publicationId, ({ picture }) => picture !== first.picture);
  expect(second.id).toBe(first.id);
  await expect(place.login.answer(publicationId, '1')).rejects.toMatchObject({ code: 'conflict' });
  site.scan();
  await expect(ended).resolves.toEqual({ outcome: 'solved' });
  await expect(place.login.shown(publicationId)).rejects.toMatchObject({ code: 'login_ended', status: 410 });

  expect(place.pool.accountIds()).toContain(account.accountId);
  const kept = await place.credentials.download(account.userId, 'wordpress', 'my-blog');
  expect(kept).toMatchObject({ version: 3, device: 'browser-worker' });
  expect(JSON.stringify((await openEnvelope(kept.envelope, secrets)).state)).toContain('fresh-session-cookie');
  const told = await place.database.em.fork().find(Notice, { subjectId: publicationId, kind: 'login.challenge' });
  expect(told.map(({ payload }) => payload)).toMatchObject([{ reason: 'qr', publication_id: publicationId }]);
  site.close();
});

test('a code is typed once, a wrong one is told, and no code lies anywhere in clear', async () => {
  const { site, publicationId, ended } = await place.asked('sms_code');
  const asked = await shown(publicationId);
  expect(asked).toMatchObject({ reason: 'sms_code', picture: null, accepts_code: true, code_refused: false });
  await place.login.answer(publicationId, '135790');
  await shown(publicationId, ({ code_refused: isRefused }) => isRefused);
  await place.login.answer(publicationId, SMS_CODE);
  const inRedis = await place.redis.get(`login:{${publicationId}}:code`);
  expect(inRedis ?? '').not.toContain(SMS_CODE);
  await expect(ended).resolves.toEqual({ outcome: 'solved' });
  expect(await place.redis.get(`login:{${publicationId}}:code`)).toBeNull();
  const rows = await place.database.em.fork().find(Notice, { subjectId: publicationId });
  expect(JSON.stringify(rows) + place.log.join('')).not.toMatch(new RegExp(`${SMS_CODE}|135790`));
  site.close();
});

test('a code that was meant for an earlier challenge is dropped', async () => {
  const id = 'pub_earlier';
  const challenge = {
    id: 'one',
    reason: 'sms_code' as const,
    prompt: 'p',
    picture: null,
    accepts_code: true,
    code_refused: false,
    expires_at: new Date(Date.now() + 60_000).toISOString(),
  };
  await place.login.offer(id, challenge);
  await place.login.answer(id, '1');
  expect(await place.login.takeCode(id, 'another')).toBeNull();
  expect(await place.login.takeCode(id, 'one')).toBeNull();
  await place.login.answer(id, '2');
  expect(await place.login.takeCode(id, 'one')).toBe('2');
});

test('one that is cancelled ends at once, and nothing is asked any more', async () => {
  const { site, publicationId, ended, cancel } = await place.asked('qr');
  await shown(publicationId);
  cancel();
  await expect(ended).rejects.toThrow();
  await expect(place.login.shown(publicationId)).rejects.toMatchObject({ details: { outcome: 'left' } });
  site.close();
});

test('never more than half of a worker’s sessions wait for people', async () => {
  const asked = [await place.asked('qr'), await place.asked('qr')];
  for (const { publicationId } of asked) await shown(publicationId);
  const third = await place.asked('qr');
  await expect(third.ended).resolves.toEqual({ outcome: 'busy' });
  for (const { site } of asked) site.scan();
  await Promise.all(asked.map(({ ended }) => ended));
  for (const { site } of [...asked, third]) site.close();
});

test('when nobody comes in time it ends as expired, and the session with it', async () => {
  const hasty = await loginPlace({ handOffMs: 500 });
  const { site, account, publicationId, ended } = await hasty.asked('qr');
  await expect(ended).resolves.toEqual({ outcome: 'expired' });
  expect(hasty.pool.accountIds()).not.toContain(account.accountId);
  await expect(hasty.login.shown(publicationId)).rejects.toMatchObject({ code: 'login_ended' });
  await expect(hasty.login.shown('pub_other')).rejects.toMatchObject({ code: 'login_not_asked', status: 409 });
  site.close();
  await hasty.close();
});
