/** Test set-up: limits and money on a real Redis and Postgres, with a clock of the test's own and users to call as. */
import type { Redis } from 'ioredis';
import { ApiKey } from '../src/entities/api-key.ts';
import { User } from '../src/entities/user.ts';
import { readCounters } from '../src/domain/usage/counters.ts';
import type { Counters } from '../src/domain/usage/counters.ts';
import { usageKeys } from '../src/domain/usage/hold.ts';
import { createUsagePartitions } from '../src/domain/usage/usage-partitions.ts';
import { insertUsageEvents } from '../src/domain/usage/usage-rows.ts';
import { createUsage, noLimits, nothing } from '../src/domain/usage/usage.ts';
import type { Caller, Limits, PricedCall, Spent, Usage, UsageOptions } from '../src/domain/usage/usage.ts';
import type { Database } from '../src/infra/database.ts';
import { newId } from '../src/infra/ids.ts';
import { createLogger } from '../src/infra/logger.ts';
import { createMetrics } from '../src/infra/metrics.ts';
import { openBlockingRedis, openRedis } from '../src/infra/redis.ts';
import { testPlace } from './services.ts';
import type { TestPlace } from './services.ts';

export type UsagePlace = TestPlace & {
  redis: Redis;
  usage: Usage;
  /** The clock of `usage`; starts at 2026-11-25T12:00:00Z, a Wednesday. */
  clock: { now: Date };
  /** One more process on the same Redis and Postgres. */
  another(changes?: Partial<UsageOptions>): Promise<{ usage: Usage; redis: Redis; blockingRedis: Redis }>;
  newCaller(limits?: CallerLimits): Promise<Caller>;
};

export type CallerLimits = { user?: Partial<Limits>; key?: Partial<Limits>; allowedModels?: string[] };

export async function usagePlace(settings: Record<string, string> = {}): Promise<UsagePlace> {
  const place = await testPlace(settings);
  const clock = { now: new Date('2026-11-25T12:00:00Z') };
  const opened: Redis[] = [];
  const where = { url: place.config.REDIS_URL, prefix: place.config.REDIS_PREFIX };

  const another: UsagePlace['another'] = async (changes = {}) => {
    const redis = openRedis(where);
    const blockingRedis = openBlockingRedis(where);
    for (const connection of [redis, blockingRedis]) connection.on('error', () => undefined);
    opened.push(redis, blockingRedis);
    await Promise.all([redis.connect(), blockingRedis.connect()]);
    const options: UsageOptions = {
      redis,
      blockingRedis,
      database: place.database,
      now: () => clock.now,
      timezone: 'UTC',
      leaseMs: 60_000,
      logger: createLogger({ level: 'silent', name: 'test' }),
      metrics: createMetrics(),
    };
    return { usage: createUsage({ ...options, ...changes }), redis, blockingRedis };
  };

  const { usage, redis } = await another();
  return {
    ...place,
    usage,
    redis,
    clock,
    another,
    newCaller: (limits) => newCaller(place, limits),
    async close() {
      for (const connection of opened) connection.disconnect();
      await place.close();
    },
  };
}

/** A new call: by default 10 tokens in and 100 in all, for 1,000 nano-dollars at worst. */
export function priced(caller: Caller, changes: Partial<PricedCall> = {}): PricedCall {
  const worst = { inputTokens: 10, tokens: 100, costNanos: 1_000 };
  return { requestId: newId('req'), caller, operation: 'chat', model: 'model-a', ...worst, ...changes };
}

/** What a call came to when the provider told: by default 10 tokens in, 5 out, for 1,000 nano-dollars. */
export function spent(changes: Partial<Spent> = {}): Spent {
  return {
    ...nothing,
    modelName: 'model-a',
    modelId: 'mdl_a',
    providerId: 'provider-a',
    inputTokens: 10,
    outputTokens: 5,
    costNanos: 1_000,
    priceVersion: 1,
    estimated: false,
    streamed: false,
    success: true,
    errorCode: null,
    attempts: [],
    latencyMs: 20,
    firstTokenMs: null,
    ...changes,
  };
}

/** A record of the past, as the ledger would have written it. @returns its request id */
export async function usedBefore(database: Database, userId: string, past: Past = {}): Promise<string> {
  const { at = new Date(), keyId = null, ...changes } = past;
  const requestId = newId('req');
  const call = { requestId, userId, keyId, operation: 'chat', requestedModel: 'auto', createdAt: at.toISOString() };
  await createUsagePartitions(database)([call.createdAt.slice(0, 7)]);
  await insertUsageEvents(database, [JSON.stringify({ ...call, ...spent(changes) })]);
  return requestId;
}

export type Past = Partial<Spent> & { at?: Date; keyId?: string | null };

/** What limits count of a user, or of one of its keys. */
export async function countersOf(redis: Redis, userId: string, keyId: string | null = null): Promise<Counters> {
  const [counters] = await readCounters(redis, [usageKeys(userId).scope(keyId ?? userId)]);
  if (!counters) throw new Error('every scope has counters');
  return counters;
}

/** Resolves when `met` does, for what another process or connection does in its own time; fails after ten seconds. */
export async function eventually(met: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!(await met())) {
    if (performance.now() > deadline) throw new Error('it did not come to pass');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function newCaller({ database }: TestPlace, { user, key, allowedModels }: CallerLimits = {}): Promise<Caller> {
  const em = database.em.fork();
  const userId = newId('usr');
  em.create(User, { id: userId, email: `${userId}@example.com`, passwordHash: 'none', tierId: 'free' });
  await em.flush();
  const keyId = key ? newId('key') : null;
  if (keyId) em.create(ApiKey, { id: keyId, userId, name: 'test', keyHash: keyId, displayPrefix: 'sk-cf-test' });
  await em.flush();
  return {
    userId,
    keyId,
    userLimits: { ...noLimits, ...user },
    keyLimits: { ...noLimits, ...key },
    allowedModels: allowedModels ?? null,
    allowedModelTypes: null,
    blockedModels: null,
  };
}
