import { ApiKey } from '../../entities/api-key.ts';
import { AppError } from '../../errors.ts';
import type { Database } from '../../infra/database.ts';
import type { Logger } from '../../infra/logger.ts';
import type { Caller } from '../usage/usage.ts';
import type { KeyCache } from './key-cache.ts';
import { looksLikeSecret } from './new-key.ts';
import type { KnownKey } from './read-key.ts';
import { secretHash } from './secret-hash.ts';
import { within } from './within.ts';

type Parts = { database: Database; cache: KeyCache; now: () => Date; logger: Logger };

/** Who may spend, and how much, by API key. */
export function createCallers({ database, cache, now, logger }: Parts) {
  const noted = new Map<string, number>();
  const writing = new Set<Promise<void>>();

  return {
    /**
     * At once, without a database, when the key is known to this process.
     * @throws AppError `unauthenticated` with the reason; `unavailable` when the key is not known and Postgres is away
     */
    authenticate(secret: string): Caller | Promise<Caller> {
      if (!looksLikeSecret(secret)) throw new AppError('unauthenticated', 'The API key is not valid.');
      const atMs = now().getTime();
      const found = cache.find(secretHash(secret), atMs);
      return found instanceof Promise ? found.then((key) => usable(key, atMs)) : usable(found, atMs);
    },

    /** Waits for the notes of last use that are on their way, but not for a Postgres that is silent. */
    async written(): Promise<void> {
      await within(Promise.allSettled(writing), 1_000).catch(() => undefined);
    },
  };

  function usable(key: KnownKey | null, atMs: number): Caller {
    if (!key) throw new AppError('unauthenticated', 'The API key is not valid.');
    refuseUnusable(key, atMs);
    if (atMs - (noted.get(key.caller.keyId) ?? 0) >= NOTE_EVERY_MS) noteUse(key.caller.keyId, atMs);
    return key.caller;
  }

  /** At most one write a minute and key: this process remembers its own, the condition catches those of the others. */
  function noteUse(keyId: string, atMs: number): void {
    if (noted.size > 100_000) noted.clear();
    noted.set(keyId, atMs);
    const stale = new Date(atMs - NOTE_EVERY_MS);
    const note = database.em
      .fork()
      .nativeUpdate(
        ApiKey,
        { id: keyId, $or: [{ lastUsedAt: null }, { lastUsedAt: { $lt: stale } }] },
        { lastUsedAt: new Date(atMs) },
      )
      .then(
        () => undefined,
        (error: unknown) => logger.warn({ err: error, keyId }, 'the last use of a key was not noted'),
      )
      .finally(() => writing.delete(note));
    writing.add(note);
  }
}

const NOTE_EVERY_MS = 60_000;

function refuseUnusable({ status, expiresAtMs, accountLocked }: KnownKey, atMs: number): void {
  if (status !== 'active') throw new AppError('unauthenticated', `The API key is ${status}.`);
  if (expiresAtMs <= atMs) throw new AppError('unauthenticated', 'The API key is expired.');
  if (accountLocked) throw new AppError('unauthenticated', 'The account of this API key is locked.');
}
