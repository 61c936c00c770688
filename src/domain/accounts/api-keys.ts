import { LockMode } from '@mikro-orm/core';
import { ApiKey } from '../../entities/api-key.ts';
import { AppError, fieldError } from '../../errors.ts';
import type { Database, Em } from '../../infra/database.ts';
import { limitNames } from '../usage/usage.ts';
import type { KeyCache } from './key-cache.ts';
import { keyView } from './key-view.ts';
import type { KeyView } from './key-view.ts';
import { addKey, expiry, newSecret } from './new-key.ts';
import type { NewKey } from './new-key.ts';

/** What is absent stays as it is; null takes a limit, the list of models or the expiry away. */
export type KeyChanges = { [name in keyof NewKey]?: NewKey[name] | undefined } & {
  status?: 'active' | 'disabled' | undefined;
};
export type KeyWithSecret = { key: KeyView; secret: string };
export type KeyPage = { limit: number; cursor: string | null };

type Parts = { database: Database; cache: KeyCache; now: () => Date };

/**
 * The keys of the LLM gateway, as their owners manage them. What a method changes holds in every process within a second;
 * it throws AppError `unavailable` when the others could not be told, and may then be repeated. Somebody else's key is
 * `not_found`.
 */
export function createApiKeys({ database, cache, now }: Parts) {
  return {
    /** The secret is in this answer and nowhere else. */
    async create(userId: string, wanted: NewKey): Promise<KeyWithSecret> {
      const em = database.em.fork();
      const { key, secret } = addKey(em, { userId, wanted, at: now() });
      await em.flush();
      return { key: keyView(key, now()), secret };
    },

    /** @throws AppError `not_found` */
    async get(userId: string, id: string): Promise<KeyView> {
      const key = await database.em.fork().findOne(ApiKey, { id, userId });
      if (!key) throw noSuchKey();
      return keyView(key, now());
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
      const keys = found.slice(0, limit).map((key) => keyView(key, now()));
      return { keys, nextCursor: found.length > limit ? (keys.at(-1)?.id ?? null) : null };
    },

    /** @throws AppError `not_found`, `conflict` for a revoked key */
    async change(userId: string, id: string, changes: KeyChanges): Promise<KeyView> {
      const key = await edit({ userId, id }, (row) => {
        refuseRevoked(row);
        apply(row, changes, now());
      });
      return keyView(key, now());
    },

    /**
     * A new secret for the same key, which keeps its id and so its limits, counters and usage. The old secret is refused
     * from then on.
     * @throws AppError `not_found`, `conflict` for a revoked key
     */
    async regenerate(userId: string, id: string): Promise<KeyWithSecret> {
      const { secret, keyHash, displayPrefix } = newSecret();
      const key = await edit({ userId, id }, (row) => {
        refuseRevoked(row);
        row.keyHash = keyHash;
        row.displayPrefix = displayPrefix;
      });
      return { key: keyView(key, now()), secret };
    },

    /** For good. May be repeated. @throws AppError `not_found` */
    async revoke(userId: string, id: string): Promise<void> {
      await edit({ userId, id }, (row) => {
        row.status = 'revoked';
      });
    },
  };

  /** The row is locked meanwhile: of two changes at once, the later one knows which secret to tell the processes of. */
  async function edit(which: { userId: string; id: string }, change: (row: ApiKey) => void): Promise<ApiKey> {
    const { row, keyHash } = await database.em.fork().transactional(async (em) => {
      const found = await em.findOne(ApiKey, which, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (!found) throw noSuchKey();
      const before = found.keyHash;
      change(found);
      return { row: found, keyHash: before };
    });
    await cache.forget({ kind: 'key', id: keyHash });
    return row;
  }
}

function apply(row: ApiKey, changes: KeyChanges, at: Date): void {
  row.name = changes.name ?? row.name;
  row.status = changes.status ?? row.status;
  row.metadata = changes.metadata ?? row.metadata;
  if (changes.allowedModels !== undefined) row.allowedModels = changes.allowedModels;
  if (changes.expiresInDays !== undefined) row.expiresAt = expiry(changes.expiresInDays, at);
  for (const name of limitNames) {
    const limit = changes[name];
    if (limit !== undefined) row[name] = limit;
  }
}

function refuseRevoked({ status }: ApiKey): void {
  if (status === 'revoked') throw new AppError('conflict', 'The API key is revoked, which is for good.');
}

const noSuchKey = () => new AppError('not_found', 'There is no such API key.');

async function olderThan(em: Em, userId: string, id: string) {
  const last = await em.findOne(ApiKey, { id, userId });
  if (!last) throw fieldError('invalid_request', 'cursor', 'must be the next_cursor of an earlier page');
  const { createdAt } = last;
  return { $or: [{ createdAt: { $lt: createdAt } }, { createdAt, id: { $lt: id } }] };
}
