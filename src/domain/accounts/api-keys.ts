import { randomBytes } from 'node:crypto';
import { ApiKey } from '../../entities/api-key.ts';
import type { ApiKeyStatus } from '../../entities/api-key.ts';
import { AppError } from '../../errors.ts';
import type { Database, Em } from '../../infra/database.ts';
import { newId } from '../../infra/ids.ts';
import type { KeyCache } from './key-cache.ts';
import { secretHash } from './secret-hash.ts';

/** Null limits are no limits of the key's own; those of the user's tier always hold. Expiry counts in days of 24 hours. */
export type NewKey = {
  name: string;
  expiresInDays: number | null;
  allowedModels: string[] | null;
  requestsPerMinute: number | null;
  tokensPerDay: number | null;
  tokensPerMonth: number | null;
};

export type KeyView = Omit<NewKey, 'expiresInDays'> & {
  id: string;
  displayPrefix: string;
  status: ApiKeyStatus;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
  createdAt: Date;
};

/** The keys of the LLM gateway, as their owners manage them. */
export function createApiKeys({ database, cache, now }: { database: Database; cache: KeyCache; now: () => Date }) {
  return {
    /** The secret is in this answer and nowhere else. */
    async create(userId: string, { expiresInDays, ...rest }: NewKey): Promise<{ key: KeyView; secret: string }> {
      const em = database.em.fork();
      const secret = `${PREFIX}${randomBytes(32).toString('hex')}`;
      const key = em.create(ApiKey, {
        ...rest,
        id: newId('key'),
        userId,
        keyHash: secretHash(secret),
        displayPrefix: secret.slice(0, PREFIX.length + 8),
        expiresAt: expiresInDays === null ? null : new Date(now().getTime() + expiresInDays * DAY_MS),
        createdAt: now(),
      });
      await em.persist(key).flush();
      return { key: viewOf(key, now()), secret };
    },

    /**
     * Newest first, revoked ones too.
     * @param page the cursor is the id of the last key of the page before
     * @throws AppError `invalid_request` when it is no key of this user
     */
    async list(userId: string, { limit, cursor }: KeyPage): Promise<{ keys: KeyView[]; nextCursor: string | null }> {
      const em = database.em.fork();
      const after = cursor === null ? {} : await olderThan(em, userId, cursor);
      const orderBy = { createdAt: 'desc', id: 'desc' } as const;
      const found = await em.find(ApiKey, { userId, ...after }, { orderBy, limit: limit + 1 });
      const keys = found.slice(0, limit).map((key) => viewOf(key, now()));
      return { keys, nextCursor: found.length > limit ? (keys.at(-1)?.id ?? null) : null };
    },

    /**
     * Ends a key in every process within a second. May be repeated.
     * @throws AppError `not_found` also for somebody else's key
     */
    async revoke(userId: string, id: string): Promise<void> {
      const em = database.em.fork();
      const key = await em.findOne(ApiKey, { id, userId });
      if (!key) throw new AppError('not_found', 'There is no such API key.');
      await em.nativeUpdate(ApiKey, { id }, { status: 'revoked' });
      await cache.forget(key.keyHash);
    },
  };
}

export type KeyPage = { limit: number; cursor: string | null };

const PREFIX = 'sk-cf-';
const DAY_MS = 86_400_000;

async function olderThan(em: Em, userId: string, id: string) {
  const last = await em.findOne(ApiKey, { id, userId });
  if (!last) throw new AppError('invalid_request', 'cursor: must be the next_cursor of an earlier page.');
  const { createdAt } = last;
  return { $or: [{ createdAt: { $lt: createdAt } }, { createdAt, id: { $lt: id } }] };
}

function viewOf(key: ApiKey, at: Date): KeyView {
  return {
    id: key.id,
    name: key.name,
    displayPrefix: key.displayPrefix,
    status: statusAt(key, at),
    allowedModels: key.allowedModels ?? null,
    requestsPerMinute: key.requestsPerMinute ?? null,
    tokensPerDay: key.tokensPerDay ?? null,
    tokensPerMonth: key.tokensPerMonth ?? null,
    expiresAt: key.expiresAt ?? null,
    lastUsedAt: key.lastUsedAt ?? null,
    createdAt: key.createdAt,
  };
}

/** Nobody has to write `expired` down: the clock does. */
function statusAt({ status, expiresAt }: Pick<ApiKey, 'status' | 'expiresAt'>, at: Date): ApiKeyStatus {
  return status === 'active' && expiresAt && expiresAt <= at ? 'expired' : status;
}
