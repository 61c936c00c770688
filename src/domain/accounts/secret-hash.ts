import { hash } from 'node:crypto';

/** SHA-256 in hex: enough for secrets that are random and long, and quick enough for every call. Not for passwords. */
export function secretHash(secret: string): string {
  return hash('sha256', secret, 'hex');
}
