import { fromBase64url, toBase64url, utf8 } from './bytes.ts';
import type { Bytes, RandomBytes } from './bytes.ts';

/** AES-256-GCM output: a 12-byte nonce, and the ciphertext with its 16-byte tag behind it; both base64url. */
export type Sealed = { nonce: string; ct: string };

export type GcmKey = { key: Bytes; aad: string };

export async function gcmSeal({ key, aad }: GcmKey, plain: Bytes, random: RandomBytes): Promise<Sealed> {
  const iv = random(NONCE_BYTES);
  const algorithm = { name: 'AES-GCM', iv, additionalData: utf8(aad) };
  const sealed = await crypto.subtle.encrypt(algorithm, await importKey(key, 'encrypt'), plain);
  return { nonce: toBase64url(iv), ct: toBase64url(new Uint8Array(sealed)) };
}

/** @throws an Error when the key, the AAD or any byte differs */
export async function gcmOpen({ key, aad }: GcmKey, { nonce, ct }: Sealed): Promise<Bytes> {
  const algorithm = { name: 'AES-GCM', iv: fromBase64url(nonce), additionalData: utf8(aad) };
  return new Uint8Array(await crypto.subtle.decrypt(algorithm, await importKey(key, 'decrypt'), fromBase64url(ct)));
}

const NONCE_BYTES = 12;

const importKey = (key: Bytes, use: 'encrypt' | 'decrypt') =>
  crypto.subtle.importKey('raw', key, 'AES-GCM', false, [use]);
