import { readFile } from 'node:fs/promises';
import { beforeAll, expect, test } from '@jest/globals';
import { DoesNotOpen, newSyncKey, openEnvelope, openWithKeys, resealState, sealEnvelope } from './client.ts';
import type { Envelope, EnvelopeKeys } from './client.ts';
import { fromBase64url, toBase64url } from './bytes.ts';

const secrets = { password: 'correct horse', syncKey: newSyncKey() };
const state = { cookies: [{ name: 'session', value: 'planted-secret' }], origins: [] };
let envelope: Envelope;
let keys: EnvelopeKeys;

beforeAll(async () => {
  ({ envelope, keys } = await sealEnvelope({ ...secrets, platform: 'wordpress', accountId: 'my-blog', state }));
});

test('password and sync key together open the envelope, on any device', async () => {
  await expect(openEnvelope(structuredClone(envelope), secrets)).resolves.toEqual({ state, keys });
});

test('a password typed on another keyboard is the same password', async () => {
  const sealed = await sealEnvelope({ ...secrets, password: 'caf\u00e9', platform: 'x', accountId: 'y', state });
  await expect(openEnvelope(sealed.envelope, { ...secrets, password: 'cafe\u0301' })).resolves.toMatchObject({ state });
});

test.each([
  ['a wrong password', { password: 'wrong horse', syncKey: secrets.syncKey }],
  ['a wrong sync key', { password: secrets.password, syncKey: newSyncKey() }],
  ['no password', { password: '', syncKey: secrets.syncKey }],
  ['no sync key', { password: secrets.password, syncKey: '' }],
])('%s does not open it', async (_, wrong) => {
  await expect(openEnvelope(envelope, wrong)).rejects.toThrow(DoesNotOpen);
});

test('neither key alone opens it', async () => {
  const zero = new Uint8Array(32);
  await expect(openWithKeys(envelope, { ...keys, contentKey: zero })).rejects.toThrow(DoesNotOpen);
  await expect(openWithKeys(envelope, { ...keys, outerKey: zero })).rejects.toThrow(DoesNotOpen);
});

const changes: [string, (envelope: Envelope) => object][] = [
  ['v', () => ({ v: 2 })],
  ['key_id', () => ({ key_id: toBase64url(new Uint8Array(16)) })],
  ['platform', () => ({ platform: 'ghost' })],
  ['account_id', () => ({ account_id: 'your-blog' })],
  ['outer.kdf', ({ outer }) => ({ outer: { ...outer, kdf: 'none' } })],
  ['outer.salt', ({ outer }) => ({ outer: { ...outer, salt: flipped(outer.salt) } })],
  ['inner.kdf', ({ inner }) => ({ inner: { ...inner, kdf: 'none' } })],
  ['inner.salt', ({ inner }) => ({ inner: { ...inner, salt: flipped(inner.salt) } })],
  ['inner.iterations', ({ inner }) => ({ inner: { ...inner, iterations: 600_001 } })],
  ['nonce', ({ nonce }) => ({ nonce: flipped(nonce) })],
  ['ct', ({ ct }) => ({ ct: flipped(ct) })],
];

test.each(changes)('with a changed %s it does not open, by secrets or by keys', async (_, change) => {
  const changed = { ...envelope, ...change(envelope) };
  await expect(openEnvelope(changed, secrets)).rejects.toThrow(DoesNotOpen);
  await expect(openWithKeys(changed, keys)).rejects.toThrow(DoesNotOpen);
});

test('a server cannot make a client compute for hours: iterations are bounded', async () => {
  const greedy = { ...envelope, inner: { ...envelope.inner, iterations: 4_000_000_000 } };
  await expect(openEnvelope(greedy, secrets)).rejects.toThrow(DoesNotOpen);
});

test('a fresher state sealed without the password opens with the password', async () => {
  const fresher = { cookies: [], origins: [] };
  const resealed = await resealState(envelope, keys, fresher);
  expect(resealed).toMatchObject({ key_id: envelope.key_id, inner: envelope.inner, outer: envelope.outer });
  expect(resealed.nonce).not.toBe(envelope.nonce);
  await expect(openEnvelope(resealed, secrets)).resolves.toEqual({ state: fresher, keys });
});

test('keys of another envelope cannot reseal this one', async () => {
  await expect(resealState(envelope, { ...keys, contentKey: new Uint8Array(32) }, {})).rejects.toThrow(DoesNotOpen);
});

test('nothing of the state, the password or the sync key stands in the envelope', () => {
  const text = JSON.stringify(envelope);
  const bytes = Buffer.from(envelope.ct, 'base64url').toString('latin1');
  for (const secret of ['planted-secret', secrets.password, secrets.syncKey, toBase64url(keys.contentKey)]) {
    expect(text).not.toContain(secret);
    expect(bytes).not.toContain(secret);
  }
});

test('the published vector comes out byte for byte', async () => {
  const vector = await readVector();
  let counter = 0;
  const random = (count: number) => Uint8Array.from({ length: count }, () => counter++ % 256);
  const { sync_key: syncKey, password, platform, account_id: accountId, state: vectorState } = vector.input;
  const sealed = await sealEnvelope({ syncKey, password, platform, accountId, state: vectorState, random });
  expect(sealed.envelope).toEqual(vector.envelope);
  expect(toBase64url(sealed.keys.outerKey)).toBe(vector.keys.outer_key);
  expect(toBase64url(sealed.keys.contentKey)).toBe(vector.keys.content_key);
  const opened = await openEnvelope(sealed.envelope, { syncKey, password });
  expect(opened.state).toEqual(vectorState);
});

type Vector = {
  input: { sync_key: string; password: string; platform: string; account_id: string; state: unknown };
  keys: { outer_key: string; content_key: string };
  envelope: Envelope;
};

async function readVector(): Promise<Vector> {
  const parsed: Vector = JSON.parse(
    await readFile(new URL('../../test/vectors/credentials-v1.json', import.meta.url), 'utf8'),
  );
  return parsed;
}

/** The same text with one bit of its first byte changed. */
function flipped(text: string): string {
  const bytes = fromBase64url(text);
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  return toBase64url(bytes);
}
