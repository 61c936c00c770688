import { randomBytes } from 'node:crypto';
import { ApiKey } from '../../entities/api-key.ts';
import type { Em } from '../../infra/database.ts';
import { newId } from '../../infra/ids.ts';
import { allLimits } from '../usage/usage.ts';
import type { SomeLimits } from '../usage/usage.ts';
import { secretHash } from './secret-hash.ts';

/** Null limits are no limits of the key's own; those of the user's tier always hold. Expiry counts in days of 24 hours. */
export type NewKey = SomeLimits & {
  name: string;
  expiresInDays: number | null;
  /** Null: all models of the user's tier. */
  allowedModels: string[] | null;
  /** The owner's notes, as texts by name. */
  metadata: Record<string, string>;
};

type Order = { userId: string; wanted: NewKey; at: Date };

/** Adds a key to what the next flush writes. The secret is in this answer and nowhere else. */
export function addKey(em: Em, { userId, wanted, at }: Order): { key: ApiKey; secret: string } {
  const { secret, ...marks } = newSecret();
  const key = em.create(ApiKey, {
    ...allLimits(wanted),
    ...marks,
    id: newId('key'),
    userId,
    name: wanted.name,
    allowedModels: wanted.allowedModels,
    metadata: wanted.metadata,
    expiresAt: expiry(wanted.expiresInDays, at),
    createdAt: at,
  });
  em.persist(key);
  return { key, secret };
}

/** A secret, and what is kept of it. */
export function newSecret(): { secret: string; keyHash: string; displayPrefix: string } {
  const secret = `${SECRET_START}${randomBytes(32).toString('hex')}`;
  return { secret, keyHash: secretHash(secret), displayPrefix: secret.slice(0, SECRET_START.length + 8) };
}

export function expiry(inDays: number | null, at: Date): Date | null {
  return inDays === null ? null : new Date(at.getTime() + inDays * DAY_MS);
}

/** Whether a text could be a secret of ours. Only for telling at once what cannot; the hash decides. */
export const looksLikeSecret = (text: string) => text.length === SECRET_LENGTH && text.startsWith(SECRET_START);

const SECRET_START = 'sk-cf-';
const SECRET_LENGTH = SECRET_START.length + 64;
const DAY_MS = 86_400_000;
