import { readFile } from 'node:fs/promises';
import { beforeAll, expect, test } from '@jest/globals';
import { DoesNotOpen, generateWorkerKeyPair, openGrant, openWithKeys, sealGrant, workerKeyId } from './client.ts';
import type { Envelope, EnvelopeHeader, SealedGrant } from './client.ts';
import { fromBase64url, toBase64url } from './bytes.ts';

const envelope: EnvelopeHeader = {
  v: 1,
  key_id: 'AAECAwQFBgcICQoLDA0ODw',
  platform: 'wordpress',
  account_id: 'my-blog',
  outer: { kdf: 'hkdf-sha256', salt: 'AAECAwQFBgcICQoLDA0ODw' },
  inner: { kdf: 'pbkdf2-sha256', salt: 'AAECAwQFBgcICQoLDA0ODw', iterations: 600_000 },
};
const keys = { outerKey: new Uint8Array(32).fill(1), contentKey: new Uint8Array(32).fill(2) };
const expiresAt = new Date('2030-01-01T00:00:00Z');
let worker: { publicKey: string; privateKey: string };
let grant: SealedGrant;

beforeAll(async () => {
  worker = await generateWorkerKeyPair();
  grant = await sealGrant({ envelope, keys, purpose: 'publication', expiresAt, workerPublicKey: worker.publicKey });
});

test("a browser worker's private key opens it, and says which key it was", async () => {
  await expect(openGrant(grant, worker.privateKey)).resolves.toEqual(keys);
  expect(grant.worker_key_id).toBe(await workerKeyId(worker.publicKey));
});

test('another private key does not open it', async () => {
  const other = await generateWorkerKeyPair();
  await expect(openGrant(grant, other.privateKey)).rejects.toThrow(DoesNotOpen);
  await expect(openGrant(grant, 'not a key')).rejects.toThrow(DoesNotOpen);
});

test.each<[keyof SealedGrant, string]>([
  ['grant_id', 'grt_00000000000000000000000000'],
  ['purpose', 'analytics'],
  ['platform', 'ghost'],
  ['account_id', 'your-blog'],
  ['key_id', 'BBECAwQFBgcICQoLDA0ODw'],
  ['expires_at', '2040-01-01T00:00:00.000Z'],
])('with a changed %s it does not open', async (field, value) => {
  await expect(openGrant({ ...grant, [field]: value }, worker.privateKey)).rejects.toThrow(DoesNotOpen);
});

test('every grant has an id of its own, of the shape that our ids have', async () => {
  const another = await sealGrant({
    envelope,
    keys,
    purpose: 'analytics',
    expiresAt,
    workerPublicKey: worker.publicKey,
  });
  expect(another.grant_id).toMatch(/^grt_[0-9a-hjkmnp-tv-z]{26}$/);
  expect(another.grant_id).not.toBe(grant.grant_id);
});

test('the published grant opens, and its keys open the published envelope', async () => {
  const vector = await readVector();
  const opened = await openGrant(vector.grant, vector.worker.private_key);
  expect(toBase64url(opened.outerKey)).toBe(vector.keys.outer_key);
  expect(await workerKeyId(vector.worker.public_key)).toBe(vector.grant.worker_key_id);
  await expect(openWithKeys(vector.envelope, opened)).resolves.toEqual(vector.input.state);
});

test('bytes survive base64url, and other alphabets are refused', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
  expect(fromBase64url(toBase64url(bytes))).toEqual(bytes);
  expect(() => fromBase64url('a+b/')).toThrow('not base64url');
});

type Vector = {
  input: { state: unknown };
  keys: { outer_key: string };
  worker: { public_key: string; private_key: string };
  envelope: Envelope;
  grant: SealedGrant;
};

async function readVector(): Promise<Vector> {
  const parsed: Vector = JSON.parse(
    await readFile(new URL('../../test/vectors/credentials-v1.json', import.meta.url), 'utf8'),
  );
  return parsed;
}
