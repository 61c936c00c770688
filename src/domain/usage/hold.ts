import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { PeriodName } from './periods.ts';

/**
 * What one running call may cost at worst, counted against its caller until it is settled. Only ids and numbers, so
 * that it can be kept in a row and settled by another process.
 */
export type Hold = z.infer<typeof holdSchema>;

export const holdSchema = z.object({
  requestId: z.string(),
  userId: z.string(),
  keyId: z.string().nullable(),
  tokens: z.int(),
  costNanos: z.int(),
  /** Keys of the periods that pay for it: those of the moment of the reservation, however long the call runs. */
  periods: z.object({ day: z.string(), week: z.string(), month: z.string() }),
  reservedAtMs: z.int(),
});

/** How a hold stands in Redis behind its expiry; the order is that of `split` in the Lua scripts. */
export function encodeHold({ tokens, costNanos, keyId, periods, reservedAtMs }: Hold): string {
  return [tokens, costNanos, keyId ?? '', periods.day, periods.week, periods.month, reservedAtMs].join('|');
}

export function decodeHold(owner: { requestId: string; userId: string }, text: string): Hold {
  const [tokens, cost, keyId, day, week, month, reservedAtMs] = text.split('|');
  return holdSchema.parse({
    ...owner,
    keyId: keyId === '' ? null : keyId,
    tokens: Number(tokens),
    costNanos: Number(cost),
    periods: { day, week, month },
    reservedAtMs: Number(reservedAtMs),
  });
}

/** Users are spread over so many hash tags and event streams. Changing it loses the counters of the running month. */
export const USAGE_SHARDS = 16;

/** Every key of one call carries the tag of its user's shard, so that one script may touch them all on Redis Cluster. */
export function usageKeys(userId: string) {
  const tag = shardTag(createHash('sha1').update(userId).digest().readUInt32BE() % USAGE_SHARDS);
  return {
    holds: `${tag}:holds:${userId}`,
    settled: (requestId: string) => `${tag}:settled:${requestId}`,
    events: `${tag}:usage-events`,
    rate: (scope: string) => `${tag}:rate:${scope}`,
    spent: (scope: string, period: string) => `${tag}:spent:${scope}:${period}`,
  };
}

export const shardTag = (shard: number) => `{u${shard}}`;
export const eventStreams = Array.from({ length: USAGE_SHARDS }, (_, shard) => `${shardTag(shard)}:usage-events`);

/** The scopes that pay for a call, narrowest first, each with its keys in the order in which Lua reads them. */
export function scopesOf({ userId, keyId, periods }: Pick<Hold, 'userId' | 'keyId' | 'periods'>): Scope[] {
  const keys = usageKeys(userId);
  const scope = (name: ScopeName, id: string): Scope => ({
    name,
    keys: [keys.rate(id), ...periodNames.map((period) => keys.spent(id, periods[period]))],
  });
  return keyId === null ? [scope('user', userId)] : [scope('key', keyId), scope('user', userId)];
}

export type ScopeName = 'key' | 'user';
export type Scope = { name: ScopeName; keys: string[] };
const periodNames = ['day', 'week', 'month'] as const satisfies PeriodName[];
