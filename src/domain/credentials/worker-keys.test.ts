import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { DoesNotOpen, generateWorkerKeyPair, workerKeyId } from '../../client/client.ts';
import { toBase64url } from '../../client/bytes.ts';
import { credentialPlace, loginState, secrets } from '../../../test/credential-place.ts';
import type { CredentialPlace } from '../../../test/credential-place.ts';
import { sealedGrantSchema } from './credentials.ts';
import { openWithAny } from './worker-keys.ts';

let place: CredentialPlace;
beforeAll(async () => {
  place = await credentialPlace();
});
afterAll(() => place.close());

test('while the key is rotated, grants for either are taken and open; once it is retired, those for the old one do neither', async () => {
  const old = place.worker;
  const fresh = await generateWorkerKeyPair();
  const [oldId, freshId] = [await workerKeyId(old.publicKey), await workerKeyId(fresh.publicKey)];
  const rotating = place.withWorkerKey(`${fresh.publicKey}, ${old.publicKey}`);
  expect(await rotating.workerKey()).toMatchObject({ key_id: freshId, public_key: fresh.publicKey });
  expect([await rotating.takesKey(oldId), await rotating.takesKey(freshId)]).toEqual([true, true]);

  const one = await place.account();
  const publicationId = await place.publication(one);
  await place.grant(one, { publicationId });
  const wanted = { accountId: one.accountId, purpose: 'publication' as const, publicationId };
  const both = `${fresh.privateKey},${old.privateKey}`;
  await expect(rotating.openGrant(wanted, both)).resolves.toMatchObject({ storageState: loginState });
  expect(await rotating.keyUse()).toMatchObject([
    { keyId: freshId, state: 'current', grants: 0, neededUntil: null },
    { keyId: oldId, state: 'previous', grants: 1, neededUntil: place.tomorrow() },
  ]);
  const { grants, nextCursor } = await rotating.grantsOfKey(oldId, { limit: 10, cursor: null });
  expect(grants.map((grant) => grant.publicationId)).toEqual([publicationId]);
  expect(nextCursor).toBeNull();
  await expect(rotating.grantsOfKey(oldId, { limit: 10, cursor: 'grt_none' })).rejects.toMatchObject({
    code: 'invalid_request',
  });

  const after = place.withWorkerKey(fresh.publicKey);
  expect(await after.keyUse()).toMatchObject([{ state: 'current' }, { keyId: oldId, state: 'retired', grants: 1 }]);
  expect(await after.takesKey(oldId)).toBe(false);
  await expect(after.openGrant(wanted, fresh.privateKey)).rejects.toMatchObject({
    code: 'needs_grant',
    details: { reason: 'no_grant' },
  });
});

test('both secrets of a client of old become a grant that a worker opens, and wrong ones nothing', async () => {
  const one = await place.account();
  const given = { userId: one.userId, platform: 'wordpress', accountId: 'my-blog', neededUntil: null };
  const { password, syncKey } = secrets;
  const sealed = await place.credentials.sealWithSecrets({ ...given, password, syncKey });
  expect(await openWithAny(sealed, place.worker.privateKey)).toEqual(one.keys);
  for (const wrong of [
    { password: 'another', syncKey },
    { password, syncKey: 'no-sync-key' },
  ]) {
    const refused = place.credentials.sealWithSecrets({ ...given, ...wrong });
    await expect(refused).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringMatching(/^sync_key/),
    });
    await expect(refused).rejects.not.toMatchObject({ message: expect.stringContaining(wrong.password) });
  }
  const stranger = { ...given, userId: await place.user(), password, syncKey };
  await expect(place.credentials.sealWithSecrets(stranger)).rejects.toMatchObject({ code: 'not_found' });
});

test('the published grants of a rotation open with both private keys, whatever their order, and hold the same keys', async () => {
  const { keys, worker_keys: pairs } = vector.parse(
    JSON.parse(await readFile(new URL('../../../test/vectors/worker-keys-v1.json', import.meta.url), 'utf8')),
  );
  const list = pairs.map((pair) => pair.private_key);
  for (const { grant, public_key: publicKey, key_id: id } of pairs) {
    expect([grant.worker_key_id, await workerKeyId(publicKey)]).toEqual([id, id]);
    for (const order of [list, list.toReversed()]) {
      const { outerKey, contentKey } = await openWithAny(grant, order.join(','));
      expect([toBase64url(outerKey), toBase64url(contentKey)]).toEqual([keys.outer_key, keys.content_key]);
    }
  }
  const [current, previous] = pairs;
  await expect(openWithAny(sealedGrantSchema.parse(previous?.grant), current?.private_key ?? '')).rejects.toThrow(
    DoesNotOpen,
  );
});

const vector = z.object({
  keys: z.object({ outer_key: z.string(), content_key: z.string() }),
  worker_keys: z.array(
    z.object({ key_id: z.string(), public_key: z.string(), private_key: z.string(), grant: sealedGrantSchema }),
  ),
});
