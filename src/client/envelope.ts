import { gcmOpen, gcmSeal } from './aes-gcm.ts';
import type { Sealed } from './aes-gcm.ts';
import { randomBytes, toBase64url, utf8 } from './bytes.ts';
import type { Bytes, RandomBytes } from './bytes.ts';
import { canonicalJson } from './canonical-json.ts';
import { DoesNotOpen } from './does-not-open.ts';
import { MIN_ITERATIONS, passwordKey, syncKeyDerived } from './key-derivation.ts';

/**
 * Envelope v1. Readable: whose it is and how its keys are derived, all authenticated. Unreadable without the sync key:
 * everything else, even the copy of the content key that the password opens, so that nobody who holds the envelope
 * alone can try passwords.
 */
export type Envelope = EnvelopeHeader & Sealed;

export type EnvelopeHeader = {
  v: 1;
  /** Names the content key; a grant is for one content key. */
  key_id: string;
  platform: string;
  account_id: string;
  outer: { kdf: 'hkdf-sha256'; salt: string };
  inner: { kdf: 'pbkdf2-sha256'; salt: string; iterations: number };
};

/** Both keys together open an envelope and can put a fresher state into it. 32 bytes each; a grant carries them. */
export type EnvelopeKeys = { outerKey: Bytes; contentKey: Bytes };

export type EnvelopeSecrets = { password: string; syncKey: string };

export type StateToSeal = EnvelopeSecrets & {
  platform: string;
  accountId: string;
  /** Any JSON value; Playwright's `storageState()` in practice. */
  state: unknown;
  random?: RandomBytes;
};

/** Seals a login state under a new content key: grants for an earlier one open nothing any more. */
export async function sealEnvelope(request: StateToSeal): Promise<{ envelope: Envelope; keys: EnvelopeKeys }> {
  const { random = randomBytes } = request;
  const contentKey = random(32);
  const header: EnvelopeHeader = {
    v: 1,
    key_id: toBase64url(random(16)),
    platform: request.platform,
    account_id: request.accountId,
    outer: { kdf: 'hkdf-sha256', salt: toBase64url(random(16)) },
    inner: { kdf: 'pbkdf2-sha256', salt: toBase64url(random(16)), iterations: MIN_ITERATIONS },
  };
  const keys = { outerKey: await syncKeyDerived(request.syncKey, header.outer), contentKey };
  const wrapping = { key: await passwordKey(request.password, header.inner), aad: aad('key', header) };
  const wrapped_key = await gcmSeal(wrapping, contentKey, random);
  return { envelope: await seal(header, { keys, wrapped_key, state: request.state, random }), keys };
}

/** @throws DoesNotOpen when either secret is wrong or anything was changed */
export async function openEnvelope(
  envelope: Envelope,
  { password, syncKey }: EnvelopeSecrets,
): Promise<{ state: unknown; keys: EnvelopeKeys }> {
  const header = headerOf(envelope);
  return orDoesNotOpen(async () => {
    const outerKey = await syncKeyDerived(syncKey, header.outer);
    const { wrapped_key, state } = await openOuter(envelope, outerKey);
    const wrapping = { key: await passwordKey(password, header.inner), aad: aad('key', header) };
    const contentKey = await gcmOpen(wrapping, wrapped_key);
    return { state: await openState(header, { contentKey, state }), keys: { outerKey, contentKey } };
  });
}

/** What a browser worker does with the keys of a grant. @throws DoesNotOpen */
export async function openWithKeys(envelope: Envelope, { outerKey, contentKey }: EnvelopeKeys): Promise<unknown> {
  return orDoesNotOpen(async () => {
    const { state } = await openOuter(envelope, outerKey);
    return openState(headerOf(envelope), { contentKey, state });
  });
}

/**
 * The same envelope with a fresher state: same content key, same password, no password needed, and grants stay good.
 * @throws DoesNotOpen when the keys are not this envelope's
 */
export async function resealState(envelope: Envelope, keys: EnvelopeKeys, state: unknown): Promise<Envelope> {
  await openWithKeys(envelope, keys);
  const { wrapped_key } = await openOuter(envelope, keys.outerKey);
  return seal(headerOf(envelope), { keys, wrapped_key, state, random: randomBytes });
}

/** A new sync key: 32 random bytes, base64url. The user's devices share it; the server never sees it. */
export function newSyncKey(): string {
  return toBase64url(randomBytes(32));
}

type Inner = { wrapped_key: Sealed; state: Sealed };
type Contents = { keys: EnvelopeKeys; wrapped_key: Sealed; state: unknown; random: RandomBytes };

async function seal(header: EnvelopeHeader, { keys, wrapped_key, state, random }: Contents): Promise<Envelope> {
  const stateKey = { key: keys.contentKey, aad: aad('state', header) };
  const inner: Inner = { wrapped_key, state: await gcmSeal(stateKey, utf8(JSON.stringify(state)), random) };
  const outer = { key: keys.outerKey, aad: aad('outer', header) };
  return { ...header, ...(await gcmSeal(outer, utf8(JSON.stringify(inner)), random)) };
}

async function openOuter(envelope: Envelope, outerKey: Bytes): Promise<Inner> {
  const inner = parse(await gcmOpen({ key: outerKey, aad: aad('outer', headerOf(envelope)) }, envelope));
  if (!isInner(inner)) throw new Error('not an inner envelope');
  return inner;
}

async function openState(
  header: EnvelopeHeader,
  { contentKey, state }: { contentKey: Bytes; state: Sealed },
): Promise<unknown> {
  return parse(await gcmOpen({ key: contentKey, aad: aad('state', header) }, state));
}

/** The header as it stands, in the one form that is authenticated; the layer's name keeps the three ciphertexts apart. */
function aad(layer: 'outer' | 'key' | 'state', header: EnvelopeHeader): string {
  return `ai-creator envelope v1 ${layer}\n${canonicalJson(header)}`;
}

function headerOf({ v, key_id, platform, account_id, outer, inner }: Envelope): EnvelopeHeader {
  return { v, key_id, platform, account_id, outer, inner };
}

async function orDoesNotOpen<T>(open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    throw new DoesNotOpen('envelope', error);
  }
}

function parse(bytes: Bytes): unknown {
  return JSON.parse(new TextDecoder().decode(bytes));
}

function isInner(value: unknown): value is Inner {
  return isRecord(value) && isSealed(value['wrapped_key']) && isSealed(value['state']);
}

function isSealed(value: unknown): value is Sealed {
  return isRecord(value) && typeof value['nonce'] === 'string' && typeof value['ct'] === 'string';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
