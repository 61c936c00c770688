import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openEnvelope } from '../../client/client.ts';
import type { Envelope } from '../../client/client.ts';
import { Credential } from '../../entities/credential.ts';
import { PlatformAccount } from '../../entities/platform-account.ts';
import { credentialPlace, loginState, seal, secrets, wordpress } from '../../../test/credential-place.ts';
import type { CredentialPlace } from '../../../test/credential-place.ts';

let place: CredentialPlace;

beforeAll(async () => {
  place = await credentialPlace();
});

afterAll(() => place.close());

test('what was uploaded comes back as it was, to its owner only', async () => {
  const { userId, envelope } = await place.account();
  const stored = await place.credentials.download(userId, 'wordpress', 'my-blog');
  expect(stored).toMatchObject({ envelope, version: 1, device: 'laptop', site_url: 'https://blog.example' });
  await expect(openEnvelope(stored.envelope, secrets)).resolves.toMatchObject({ state: loginState });
  await expect(place.credentials.accounts(userId)).resolves.toEqual([
    {
      platform: 'wordpress',
      account_id: 'my-blog',
      site_url: 'https://blog.example',
      health: 'active',
      health_until: null,
      health_reason: null,
      version: 1,
      synced_at: place.clock.now.toISOString(),
      device: 'laptop',
    },
  ]);
  const stranger = await place.user();
  await expect(place.credentials.accounts(stranger)).resolves.toEqual([]);
  await expect(place.credentials.download(stranger, 'wordpress', 'my-blog')).rejects.toMatchObject({
    code: 'not_found',
  });
});

test('no secret is in Postgres in clear', async () => {
  const { accountId, keys } = await place.account();
  const row = await place.database.em.fork().findOneOrFail(Credential, { accountId });
  const bytes = Buffer.from(JSON.stringify(row)).toString() + Buffer.from(JSON.stringify(row.envelope)).toString('hex');
  for (const secret of ['planted-secret', secrets.password, secrets.syncKey]) expect(bytes).not.toContain(secret);
  expect(bytes).not.toContain(Buffer.from(keys.contentKey).toString('base64url'));
});

test.each<[string, (envelope: Envelope) => object]>([
  ['platform', () => ({ platform: 'Word Press' })],
  ['account_id', () => ({ accountId: '' })],
  ['site_url', () => ({ siteUrl: 'javascript:alert(1)' })],
  ['site_url', () => ({ siteUrl: 'https://me:secret@blog.example' })],
  ['site_url', () => ({ siteUrl: undefined })],
  ['envelope', () => ({ envelope: 'text' })],
  ['envelope', (envelope) => ({ envelope: { ...envelope, cookies: [] } })],
  ['envelope.v', (envelope) => ({ envelope: { ...envelope, v: 2 } })],
  ['envelope.ct', (envelope) => ({ envelope: { ...envelope, ct: 'a b' } })],
  ['envelope.outer.salt', (envelope) => ({ envelope: { ...envelope, outer: { ...envelope.outer, salt: 'short' } } })],
  [
    'envelope.inner.iterations',
    (envelope) => ({ envelope: { ...envelope, inner: { ...envelope.inner, iterations: 1_000 } } }),
  ],
  ['envelope.platform', (envelope) => ({ envelope: { ...envelope, platform: 'ghost' } })],
  ['envelope.account_id', (envelope) => ({ envelope: { ...envelope, account_id: 'your-blog' } })],
])('a wrong upload is refused with the name of its field: %s', async (field, change) => {
  const userId = await place.user();
  const { envelope } = await seal('my-blog');
  const request = { ...wordpress, userId, accountId: 'my-blog' };
  const upload = place.credentials.upload({ ...request, envelope, ...change(envelope) });
  await expect(upload).rejects.toMatchObject({ code: 'invalid_request', details: { field } });
  await expect(place.database.em.fork().count(PlatformAccount, { userId })).resolves.toBe(0);
});

test('of many uploads that know the same version one is kept, and the others learn the newer one', async () => {
  const { userId, upload } = await place.account();
  const results = await Promise.allSettled(Array.from({ length: 5 }, () => upload({ expectedVersion: 1 })));
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const result of results) {
    if (result.status === 'rejected')
      expect(result.reason).toMatchObject({ code: 'conflict', details: { version: 2 } });
  }
  await expect(place.credentials.download(userId, 'wordpress', 'my-blog')).resolves.toMatchObject({ version: 2 });
});

test('first uploads from two devices at once make one account, and each a version', async () => {
  const userId = await place.user();
  const { envelope } = await seal('my-blog');
  const request = { ...wordpress, userId, accountId: 'my-blog', envelope };
  const uploads = ['laptop', 'desktop'].map((deviceId) => place.credentials.upload({ ...request, deviceId }));
  const [one, two] = await Promise.all(uploads);
  expect(one?.accountId).toBe(two?.accountId);
  expect(new Set([one?.version, two?.version])).toEqual(new Set([1, 2]));
});

test('an upload wakes an account that waits for its user, and a site given once need not be given again', async () => {
  const { userId, accountId, upload } = await place.account();
  await place.credentials.markNeedsLogin(accountId);
  await expect(place.credentials.accounts(userId)).resolves.toMatchObject([{ health: 'needs_login' }]);
  await upload({ siteUrl: undefined });
  await expect(place.credentials.accounts(userId)).resolves.toMatchObject([
    { health: 'active', site_url: 'https://blog.example' },
  ]);
});

test('a failure of replaced credentials does not pause the account that has new ones', async () => {
  const { userId, accountId, upload } = await place.account();
  await upload({});
  await place.credentials.markNeedsLogin(accountId, 1);
  await expect(place.credentials.accounts(userId)).resolves.toMatchObject([{ health: 'active' }]);
  await place.credentials.markNeedsLogin(accountId, 2);
  await expect(place.credentials.accounts(userId)).resolves.toMatchObject([{ health: 'needs_login' }]);
});

test('the worker key is the one that grants are sealed to; without it the API says so', async () => {
  const { public_key, key_id } = await place.credentials.workerKey();
  expect(public_key).toBe(place.worker.publicKey);
  expect(key_id).toMatch(/^[0-9a-f]{16}$/);
  await expect(place.withWorkerKey(undefined).workerKey()).rejects.toMatchObject({ code: 'unavailable' });
});
