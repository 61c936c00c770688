import { z } from 'zod';
import { sealedGrantSchema } from '../domain/credentials/credentials.ts';
import { fieldError } from '../errors.ts';
import type { ApiServices } from './api-services.ts';

/** What clients of old send instead of a grant. */
export const legacySecrets = {
  sync_key: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('of clients of old, instead of a grant: sealed at once, kept nowhere'),
  user_password: z.string().min(1).max(1_000).optional().describe('together with sync_key'),
};

/** How a publication may open its account's credentials. */
export const grantOrSecrets = { grant: sealedGrantSchema.optional(), ...legacySecrets };

type Given = {
  grant?: z.output<typeof sealedGrantSchema> | undefined;
  sync_key?: string | undefined;
  user_password?: string | undefined;
};

type Wanted = {
  userId: string;
  platform: string;
  accountId: string;
  scheduledAt: Date | 'next_free_slot' | null;
  /** Stands before the names of fields, as `targets.0.`. */
  within?: string;
};

/**
 * The grant of a request: the one that came, or one that is sealed with the secrets that came.
 * @throws AppError `invalid_request` when there is neither or both
 */
export async function grantGiven({ credentials }: Pick<ApiServices, 'credentials'>, given: Given, wanted: Wanted) {
  const { grant, sync_key: syncKey, user_password: password } = given;
  const { scheduledAt, within = '', ...account } = wanted;
  if (grant && syncKey === undefined && password === undefined) return { grant, sealedHere: false };
  if (grant) throw fieldError('invalid_request', `${within}grant`, 'came together with sync_key or user_password');
  if (syncKey === undefined) throw fieldError('invalid_request', `${within}grant`, 'is needed');
  if (password === undefined) throw fieldError('invalid_request', 'user_password', 'is needed with sync_key');
  const neededUntil = scheduledAt === 'next_free_slot' ? new Date(Date.now() + A_MONTH_MS) : scheduledAt;
  return { grant: await credentials.sealWithSecrets({ ...account, syncKey, password, neededUntil }), sealedHere: true };
}

/** A slot that is further away needs a client that seals its own grant. */
const A_MONTH_MS = 31 * 86_400_000;
