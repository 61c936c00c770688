import type { IncomingHttpHeaders } from 'node:http';
import { fieldError } from '../errors.ts';

/** The client's `Idempotency-Key`, or null. @throws AppError `invalid_request` for what is none */
export function idempotencyKey(headers: IncomingHttpHeaders): string | null {
  const key = headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key === 'string' && /^[\x20-\x7e]{1,200}$/.test(key)) return key;
  throw fieldError('invalid_request', 'idempotency-key', 'must be 1 to 200 printable ASCII characters');
}
