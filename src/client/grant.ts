import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';
import { fromBase64url, randomBytes, toBase64url, utf8 } from './bytes.ts';
import type { Bytes } from './bytes.ts';
import { canonicalJson } from './canonical-json.ts';
import { DoesNotOpen } from './does-not-open.ts';
import type { EnvelopeHeader, EnvelopeKeys } from './envelope.ts';

/** What a grant is for. All of it is authenticated: a grant that was changed, or moved to another account, does not open. */
export type GrantBinding = {
  /** Made by the client, used once; see `newGrantId`. */
  grant_id: string;
  purpose: 'publication' | 'analytics';
  platform: string;
  account_id: string;
  key_id: string;
  /** ISO-8601 UTC. */
  expires_at: string;
};

/** Grant v1: outer key and content key (64 bytes), sealed by HPKE (RFC 9180, base mode) to the browser workers' key. */
export type SealedGrant = GrantBinding & { v: 1; worker_key_id: string; enc: string; ct: string };

export type GrantToSeal = {
  envelope: EnvelopeHeader;
  keys: EnvelopeKeys;
  purpose: GrantBinding['purpose'];
  expiresAt: Date;
  /** X25519, base64url, as `GET /api/v1/credential/worker-key` answers it. */
  workerPublicKey: string;
};

export async function sealGrant(request: GrantToSeal): Promise<SealedGrant> {
  const { platform, account_id, key_id } = request.envelope;
  const grant_id = newGrantId();
  const expires_at = request.expiresAt.toISOString();
  const binding = { grant_id, purpose: request.purpose, platform, account_id, key_id, expires_at };
  const publicKey = fromBase64url(request.workerPublicKey);
  const recipientPublicKey = await suite.kem.deserializePublicKey(publicKey);
  const { outerKey, contentKey } = request.keys;
  const secret = Uint8Array.from([...outerKey, ...contentKey]);
  const { enc, ct } = await suite.seal({ recipientPublicKey, info }, secret, aad(binding));
  return {
    v: 1,
    ...binding,
    worker_key_id: await workerKeyId(request.workerPublicKey),
    enc: toBase64url(new Uint8Array(enc)),
    ct: toBase64url(new Uint8Array(ct)),
  };
}

/**
 * The keys inside. It does not judge the binding: whoever opens compares it with the account and the purpose at hand.
 * @throws DoesNotOpen when the private key is another one or a field was changed
 */
export async function openGrant(grant: SealedGrant, workerPrivateKey: string): Promise<EnvelopeKeys> {
  try {
    const recipientKey = await suite.kem.deserializePrivateKey(fromBase64url(workerPrivateKey));
    const enc = fromBase64url(grant.enc);
    const secret = new Uint8Array(await suite.open({ recipientKey, enc, info }, fromBase64url(grant.ct), aad(grant)));
    if (secret.length !== 64) throw new Error('a grant holds 64 bytes');
    return { outerKey: secret.slice(0, 32), contentKey: secret.slice(32) };
  } catch (error) {
    throw new DoesNotOpen('grant', error);
  }
}

/** An X25519 key pair, base64url: BROWSER_WORKER_PUBLIC_KEY for the API, BROWSER_WORKER_PRIVATE_KEY for browser workers. */
export async function generateWorkerKeyPair(): Promise<{ publicKey: string; privateKey: string }> {
  const pair = await suite.kem.generateKeyPair();
  const publicKey = toBase64url(new Uint8Array(await suite.kem.serializePublicKey(pair.publicKey)));
  const privateKey = toBase64url(new Uint8Array(await suite.kem.serializePrivateKey(pair.privateKey)));
  return { publicKey, privateKey };
}

/** The first 16 hex digits of the SHA-256 of the public key: says which key a grant was sealed to. */
export async function workerKeyId(publicKey: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', fromBase64url(publicKey)));
  return Array.from(digest.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

const suite = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes256Gcm(),
});

const info = utf8('ai-creator grant v1');

function aad({ grant_id, purpose, platform, account_id, key_id, expires_at }: GrantBinding): Bytes {
  return utf8(canonicalJson({ grant_id, purpose, platform, account_id, key_id, expires_at }));
}

/** `grt_` and 26 digits as a ULID has them: 48 bits of time, 80 random ones. */
function newGrantId(): string {
  const time = Array.from({ length: 10 }, (_, place) => Math.floor(Date.now() / 32 ** (9 - place)) % 32);
  const random = Array.from(randomBytes(16), (byte) => byte % 32);
  return `grt_${[...time, ...random].map((digit) => CROCKFORD.charAt(digit)).join('')}`;
}

const CROCKFORD = '0123456789abcdefghjkmnpqrstvwxyz';
