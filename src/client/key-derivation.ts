import { fromBase64url, utf8 } from './bytes.ts';
import type { Bytes } from './bytes.ts';

/** PBKDF2-SHA256 (OWASP's floor for it is 600,000), 32 bytes. The password is NFKC first: keyboards differ in how they type é. */
export async function passwordKey(password: string, { salt, iterations }: PasswordParameters): Promise<Bytes> {
  if (iterations < MIN_ITERATIONS || iterations > MAX_ITERATIONS) throw new Error('PBKDF2 iterations out of range');
  const base = await crypto.subtle.importKey('raw', utf8(password.normalize('NFKC')), 'PBKDF2', false, ['deriveBits']);
  const algorithm = { name: 'PBKDF2', hash: 'SHA-256', salt: fromBase64url(salt), iterations };
  return new Uint8Array(await crypto.subtle.deriveBits(algorithm, base, 256));
}

export type PasswordParameters = { salt: string; iterations: number };

/** Below is too weak; above, a server could make its clients compute for hours. */
export const MIN_ITERATIONS = 600_000;
export const MAX_ITERATIONS = 10_000_000;

/** HKDF-SHA256 of the sync key (32 random bytes, base64url), 32 bytes. */
export async function syncKeyDerived(syncKey: string, { salt }: { salt: string }): Promise<Bytes> {
  const secret = fromBase64url(syncKey);
  if (secret.length !== 32) throw new Error('a sync key is base64url of 32 bytes');
  const base = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits']);
  const info = utf8('ai-creator envelope v1 outer');
  const algorithm = { name: 'HKDF', hash: 'SHA-256', salt: fromBase64url(salt), info };
  return new Uint8Array(await crypto.subtle.deriveBits(algorithm, base, 256));
}
