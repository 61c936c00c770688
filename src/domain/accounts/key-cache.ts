import type { Redis } from 'ioredis';
import { LRUCache } from 'lru-cache';
import { ApiKey } from '../../entities/api-key.ts';
import type { ApiKeyStatus } from '../../entities/api-key.ts';
import { Tier } from '../../entities/tier.ts';
import { User } from '../../entities/user.ts';
import { AppError } from '../../errors.ts';
import type { Config } from '../../infra/config.ts';
import type { Database } from '../../infra/database.ts';
import type { Logger } from '../../infra/logger.ts';
import { noLimits, tierLimits } from '../usage/usage.ts';
import type { Caller, Limits } from '../usage/usage.ts';

/** Null: there is no such key. */
export type KnownKey = { caller: Caller; status: ApiKeyStatus; expiresAt: Date | null } | null;

type Parts = { database: Database; redis: Redis; subscriber: Redis; config: Config; logger: Logger };

/**
 * Keys by their hash, in memory. A change is told to all processes over Redis; while this process may be missing such
 * messages (not yet subscribed, connection lost) it trusts nothing and reads Postgres.
 */
export function createKeyCache({ database, redis, subscriber, config, logger }: Parts) {
  const channel = `${config.REDIS_PREFIX}keys`;
  const known = new LRUCache<string, { key: KnownKey }>({ max: 50_000, ttl: KNOWN_MS });
  let listening = false;
  let changes = 0;

  const drop = (keyHash: string) => {
    changes += 1;
    known.delete(keyHash);
  };
  const onMessage = (from: string, keyHash: string) => {
    if (from === channel) drop(keyHash);
  };
  const onLost = () => {
    listening = false;
    changes += 1;
    known.clear();
  };
  const listen = () => {
    subscriber.subscribe(channel).then(
      () => (listening = subscriber.status === 'ready'),
      (error: unknown) => logger.warn({ err: error }, 'not subscribed to key changes; keys are read from Postgres'),
    );
  };
  subscriber.on('message', onMessage).on('close', onLost).on('ready', listen);
  listen();

  return {
    async find(keyHash: string): Promise<KnownKey> {
      const cached = listening ? known.get(keyHash) : undefined;
      if (cached) return cached.key;
      const before = changes;
      const key = await load(database, keyHash);
      // A change that came while we were reading may not be in what we read: good for this call, not for keeping.
      if (listening && changes === before) known.set(keyHash, { key }, { ttl: key ? KNOWN_MS : UNKNOWN_MS });
      return key;
    },

    /** @throws AppError `unavailable` when the others could not be told; the caller may repeat its change */
    async forget(keyHash: string): Promise<void> {
      drop(keyHash);
      await redis.publish(channel, keyHash).catch((cause: unknown) => {
        throw new AppError('unavailable', 'The change could not be told to every server; repeat it.', { cause });
      });
    },

    async close(): Promise<void> {
      subscriber.off('message', onMessage).off('close', onLost).off('ready', listen);
      if (subscriber.status === 'ready') await subscriber.unsubscribe(channel);
    },
  };
}

export type KeyCache = ReturnType<typeof createKeyCache>;

/** A backstop only: how long a key may be kept that nobody said anything about. */
const KNOWN_MS = 60_000;
/** Long enough to take the load off a client that tries a wrong key in a loop. */
const UNKNOWN_MS = 5_000;

async function load(database: Database, keyHash: string): Promise<KnownKey> {
  const em = database.em.fork();
  const key = await em.findOne(ApiKey, { keyHash });
  if (!key) return null;
  const user = await em.findOneOrFail(User, { id: key.userId });
  const tier = await em.findOneOrFail(Tier, { id: user.tierId });
  const caller = {
    userId: user.id,
    keyId: key.id,
    userLimits: tierLimits(tier),
    keyLimits: limitsOfKey(key),
    allowedModels: key.allowedModels ?? null,
  };
  return { caller, status: key.status, expiresAt: key.expiresAt ?? null };
}

/** What the key may spend of its user's limits. */
function limitsOfKey(key: ApiKey): Limits {
  const requestsPerMinute = key.requestsPerMinute ?? null;
  const tokensPerDay = key.tokensPerDay ?? null;
  const tokensPerMonth = key.tokensPerMonth ?? null;
  return { ...noLimits, requestsPerMinute, tokensPerDay, tokensPerMonth };
}
