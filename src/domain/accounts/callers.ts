import { ApiKey } from '../../entities/api-key.ts';
import { AppError } from '../../errors.ts';
import type { Database } from '../../infra/database.ts';
import type { Logger } from '../../infra/logger.ts';
import type { Caller } from '../usage/usage.ts';
import type { KeyCache } from './key-cache.ts';
import { secretHash } from './secret-hash.ts';

type Parts = { database: Database; cache: KeyCache; now: () => Date; logger: Logger };

/** Who may spend, and how much, by API key. */
export function createCallers({ database, cache, now, logger }: Parts) {
  const noted = new Map<string, number>();
  const writing = new Set<Promise<void>>();

  return {
    /**
     * Reads no database when the key is known to this process.
     * @throws AppError `unauthenticated` with the reason
     */
    async authenticate(secret: string): Promise<Caller> {
      const key = SECRET.test(secret) ? await cache.find(secretHash(secret)) : null;
      if (!key) throw new AppError('unauthenticated', 'The API key is not valid.');
      if (key.status !== 'active') throw new AppError('unauthenticated', `The API key is ${key.status}.`);
      if (key.expiresAt && key.expiresAt <= now()) throw new AppError('unauthenticated', 'The API key is expired.');
      if (key.caller.keyId) noteUse(key.caller.keyId);
      return key.caller;
    },

    /** Waits for the notes of last use that are on their way. */
    async written(): Promise<void> {
      await Promise.allSettled(writing);
    },
  };

  /** At most one write a minute and key: this process remembers its own, the condition catches those of the others. */
  function noteUse(keyId: string): void {
    const at = now();
    if (at.getTime() - (noted.get(keyId) ?? 0) < NOTE_EVERY_MS) return;
    if (noted.size > 100_000) noted.clear();
    noted.set(keyId, at.getTime());
    const stale = new Date(at.getTime() - NOTE_EVERY_MS);
    const note = database.em
      .fork()
      .nativeUpdate(
        ApiKey,
        { id: keyId, $or: [{ lastUsedAt: null }, { lastUsedAt: { $lt: stale } }] },
        { lastUsedAt: at },
      )
      .then(
        () => undefined,
        (error: unknown) => logger.warn({ err: error, keyId }, 'the last use of a key was not noted'),
      )
      .finally(() => writing.delete(note));
    writing.add(note);
  }
}

const SECRET = /^sk-cf-[0-9a-f]{64}$/;
const NOTE_EVERY_MS = 60_000;
