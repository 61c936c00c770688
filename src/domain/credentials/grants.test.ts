import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { generateWorkerKeyPair, openEnvelope, sealGrant } from '../../client/client.ts';
import { Grant } from '../../entities/grant.ts';
import { credentialPlace, loginState, seal, secrets } from '../../../test/credential-place.ts';
import type { CredentialPlace, SealedAccount } from '../../../test/credential-place.ts';
import type { GrantToOpen } from './credentials.ts';

const fresher = { cookies: [], origins: [] };

let place: CredentialPlace;

beforeAll(async () => {
  place = await credentialPlace();
});

afterAll(() => place.close());

test('a grant for a publication opens the login state, for this publication only', async () => {
  const one = await place.account();
  const publicationId = await place.publication(one);
  await place.grant(one, { publicationId });
  const opened = await place.credentials.openGrant(grantFor(one, publicationId), place.worker.privateKey);
  expect(opened).toEqual({ storageState: loginState, version: 1, keys: one.keys });
  const other = await place.publication(one);
  await needsGrant(grantFor(one, other));
  await needsGrant({ accountId: one.accountId, purpose: 'analytics', publicationId: null });
  expect(place.log.filter((line) => line.includes('grant opened'))).toHaveLength(1);
  expect(place.log.join('')).not.toContain('planted-secret');
});

test('a grant row moved to another account, purpose or publication in the database does not open there', async () => {
  const one = await place.account();
  const two = await place.account('other-blog');
  const [first, second] = [await place.publication(one), await place.publication(two)];
  await place.grant(one, { publicationId: first });
  const em = place.database.em.fork();
  await em.nativeUpdate(Grant, { publicationId: first }, { accountId: two.accountId, publicationId: second });
  await needsGrant(grantFor(two, second));
  await em.nativeUpdate(
    Grant,
    { publicationId: second },
    { accountId: one.accountId, publicationId: null, purpose: 'analytics' },
  );
  await needsGrant({ accountId: one.accountId, purpose: 'analytics', publicationId: null });
});

test('an expired grant, a deleted one and one for replaced credentials open nothing', async () => {
  const one = await place.account();
  const ids = [await place.publication(one), await place.publication(one), await place.publication(one)] as const;
  await place.grant(one, { publicationId: ids[0], expiresAt: new Date(place.clock.now.getTime() + 1_000) });
  for (const publicationId of [ids[1], ids[2]]) await place.grant(one, { publicationId });
  place.clock.now = new Date(place.clock.now.getTime() + 1_000);
  await needsGrant(grantFor(one, ids[0]));
  await place.credentials.deleteGrants({ publicationId: ids[1] });
  await needsGrant(grantFor(one, ids[1]));
  await one.upload({ envelope: (await seal('my-blog')).envelope });
  await needsGrant(grantFor(one, ids[2]));
});

test('a lengthened expiry does not open: it is sealed in', async () => {
  const one = await place.account();
  const publicationId = await place.publication(one);
  await place.grant(one, { publicationId });
  const em = place.database.em.fork();
  const row = await em.findOneOrFail(Grant, { publicationId });
  row.sealed = { ...row.sealed, expires_at: '2040-01-01T00:00:00.000Z' };
  await em.flush();
  await needsGrant(grantFor(one, publicationId));
});

test('of several grants for analytics the newest good one opens', async () => {
  const one = await place.account();
  await place.grant(one, { publicationId: null });
  place.clock.now = new Date(place.clock.now.getTime() + 1_000);
  await place.grant(one, { publicationId: null });
  const opened = place.credentials.openGrant({ ...grantFor(one, null), purpose: 'analytics' }, place.worker.privateKey);
  await expect(opened).resolves.toMatchObject({ storageState: loginState });
});

test('a grant that could not work later is refused at once, by field', async () => {
  const one = await place.account();
  const two = await place.account('other-blog');
  const refusal = async (field: string, change: Partial<Parameters<CredentialPlace['grant']>[1]>) =>
    expect(place.grant(one, { publicationId: null, ...change })).rejects.toMatchObject({
      code: 'invalid_request',
      details: { field: `grant.${field}` },
    });
  await refusal('expires_at', { expiresAt: place.clock.now });
  await refusal('purpose', { purpose: 'publication' });
  await refusal('account_id', { envelope: two.envelope });
  await refusal('key_id', { envelope: { ...one.envelope, key_id: 'AAECAwQFBgcICQoLDA0ODw' } });
  await refusal('worker_key_id', { workerPublicKey: (await generateWorkerKeyPair()).publicKey });
  await refusal('ct', { fields: { ct: 'short' } });
  await refusal('platform', { fields: { platform: 'ghost' } });
  const stranger = place.grant({ ...one, userId: await place.user() }, { publicationId: null });
  await expect(stranger).rejects.toMatchObject({ code: 'not_found' });
});

test('a grant that expires before a scheduled publication is due is refused', async () => {
  const one = await place.account();
  const sealed = await sealGrant({
    envelope: one.envelope,
    keys: one.keys,
    purpose: 'analytics',
    expiresAt: place.tomorrow(),
    workerPublicKey: place.worker.publicKey,
  });
  const request = {
    userId: one.userId,
    accountId: one.accountId,
    publicationId: null,
    sealed,
    neededAt: place.tomorrow(),
  };
  await expect(place.credentials.addGrant(place.database.em.fork(), request)).rejects.toMatchObject({
    details: { field: 'grant.expires_at' },
  });
});

test('a grant given twice is refused without ending the transaction it came in', async () => {
  const one = await place.account();
  const grant = await sealGrant({
    envelope: one.envelope,
    keys: one.keys,
    purpose: 'analytics',
    expiresAt: place.tomorrow(),
    workerPublicKey: place.worker.publicKey,
  });
  await place.database.em.fork().transactional(async (em) => {
    const request = { userId: one.userId, accountId: one.accountId, publicationId: null, sealed: grant };
    await place.credentials.addGrant(em, request);
    await expect(place.credentials.addGrant(em, request)).rejects.toMatchObject({
      details: { field: 'grant.grant_id' },
    });
  });
  await expect(place.database.em.fork().count(Grant, { id: grant.grant_id })).resolves.toBe(1);
});

test('a publication that is rolled back leaves no grant', async () => {
  const one = await place.account();
  await expect(place.grant(one, { publicationId: null, thenFail: true })).rejects.toThrow('rolled back');
  await expect(place.database.em.fork().count(Grant, { accountId: one.accountId })).resolves.toBe(0);
});

test('a fresh login state is kept for the password and for grants, unless newer credentials are there', async () => {
  const one = await place.account();
  const publicationId = await place.publication(one);
  await place.grant(one, { publicationId });
  const save = { accountId: one.accountId, keys: one.keys, state: fresher, expectedVersion: 1 };
  const saves = await Promise.all([place.credentials.saveFreshState(save), place.credentials.saveFreshState(save)]);
  expect(saves).toEqual(expect.arrayContaining([true, false]));
  const stored = await place.credentials.download(one.userId, 'wordpress', 'my-blog');
  expect(stored).toMatchObject({ version: 2, device: 'browser-worker' });
  await expect(openEnvelope(stored.envelope, secrets)).resolves.toMatchObject({ state: fresher });
  const opened = place.credentials.openGrant(grantFor(one, publicationId), place.worker.privateKey);
  await expect(opened).resolves.toMatchObject({ storageState: fresher, version: 2 });
});

test('the server, with its database and its public key, opens nothing', async () => {
  const one = await place.account();
  const publicationId = await place.publication(one);
  await place.grant(one, { publicationId });
  await expect(place.credentials.openGrant(grantFor(one, publicationId), place.worker.publicKey)).rejects.toMatchObject(
    {
      code: 'needs_grant',
    },
  );
});

function grantFor({ accountId }: SealedAccount, publicationId: string | null): GrantToOpen {
  return { accountId, purpose: 'publication', publicationId };
}

async function needsGrant(request: GrantToOpen): Promise<void> {
  const opening = place.credentials.openGrant(request, place.worker.privateKey);
  await expect(opening).rejects.toMatchObject({ code: 'needs_grant' });
}
