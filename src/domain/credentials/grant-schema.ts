import { z } from 'zod';
import type { SealedGrant } from '../../client/client.ts';
import { grantPurposes } from '../../entities/grant.ts';
import { bytesText, externalAccountId, platformName } from './envelope-schema.ts';

/** Grant v1. See docs/credentials.md. */
export const sealedGrantSchema = z.strictObject({
  v: z.literal(1),
  grant_id: z.string().regex(/^grt_[0-9a-hjkmnp-tv-z]{26}$/, '`grt_` and 26 Crockford base32 digits'),
  purpose: z.enum(grantPurposes),
  platform: platformName,
  account_id: externalAccountId,
  key_id: bytesText(16),
  expires_at: z.iso.datetime(),
  worker_key_id: z.string().regex(/^[0-9a-f]{16}$/, '16 hex digits'),
  enc: bytesText(32),
  ct: bytesText(80),
}) satisfies z.ZodType<SealedGrant>;
