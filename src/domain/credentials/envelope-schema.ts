import { z } from 'zod';
import { AppError } from '../../errors.ts';
import type { Envelope } from '../../client/client.ts';

/** Base64url of exactly so many bytes. */
export const bytesText = (bytes: number) =>
  z.string().regex(new RegExp(`^[A-Za-z0-9_-]{${Math.ceil((bytes * 4) / 3)}}$`), `base64url of ${bytes} bytes`);

const base64url = z.string().regex(/^[A-Za-z0-9_-]+$/, 'base64url');

export const platformName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'the short name of a platform, as `wordpress`');
/** Letters of any script, but nothing that could break a line in a log or a file name. */
export const externalAccountId = z.string().regex(/^[^\p{Cc}/\\]{1,128}$/u, '1 to 128 characters, no slash or control');

/** Envelope v1, exactly: what is not known here could be a secret in clear. See docs/credentials.md. */
export const envelopeSchema = z.strictObject({
  v: z.literal(1),
  key_id: bytesText(16),
  platform: platformName,
  account_id: externalAccountId,
  outer: z.strictObject({ kdf: z.literal('hkdf-sha256'), salt: bytesText(16) }),
  inner: z.strictObject({
    kdf: z.literal('pbkdf2-sha256'),
    salt: bytesText(16),
    iterations: z.int().min(600_000).max(10_000_000),
  }),
  nonce: bytesText(12),
  ct: base64url,
}) satisfies z.ZodType<Envelope>;

/** @throws AppError `invalid_request` that names the first wrong field, under `parent` */
export function parseField<T>(schema: z.ZodType<T>, value: unknown, parent: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = [parent, ...(issue?.path ?? [])].join('.');
  throw invalidField(field, `${field}: ${issue?.message ?? 'not valid'}`);
}

export function invalidField(field: string, message: string): AppError {
  return new AppError('invalid_request', message, { details: { field } });
}
