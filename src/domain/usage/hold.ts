import { z } from 'zod';

/**
 * What one running call may cost at worst, counted against its caller until it is settled. Only ids and numbers, so
 * that it can be kept in a row and settled by another process.
 */
export type Hold = z.infer<typeof holdSchema>;

export const holdSchema = z.object({
  requestId: z.string(),
  userId: z.string(),
  keyId: z.string().nullable(),
  operation: z.string(),
  /** The model or group that was asked for. */
  model: z.string(),
  inputTokens: z.int(),
  /** In and out, at worst. */
  tokens: z.int(),
  costNanos: z.int(),
  /** Keys of the periods that pay for it: those of the moment of the reservation, however long the call runs. */
  periods: z.object({ day: z.string(), week: z.string(), month: z.string() }),
  reservedAtMs: z.int(),
  /** Redis's own minute of the reservation, in whose window its tokens stand. */
  minute: z.int(),
  /** Names the time since when the server remembers, at the reservation; empty in rows that were written before it was kept. */
  epoch: z.string().default(''),
  /** Whether a workflow will settle it, however long that takes. */
  durable: z.boolean(),
});

/** Users are spread over so many hash tags and event streams. Changing it loses the counters of the running month. */
export const USAGE_SHARDS = 16;

export const shards = Array.from({ length: USAGE_SHARDS }, (_, shard) => shardKeys(shard));
export const eventStreams = shards.map(({ events }) => events);

/** Every key of one call carries the tag of its user's shard, so that one script may touch them all on Redis Cluster. */
export function usageKeys(userId: string): ShardKeys {
  const shard = hashOf(userId) % USAGE_SHARDS;
  return shards[shard] ?? shardKeys(shard);
}

/** FNV-1a, 32 bits: spreads ids as well as a digest would, at a tenth of its price. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

export type ShardKeys = ReturnType<typeof shardKeys>;

function shardKeys(shard: number) {
  const tag = `{u${shard}}`;
  return {
    /** Request id → owner and hold, and owners by the end of their leases. */
    holds: `${tag}:holds`,
    leases: `${tag}:leases`,
    events: `${tag}:usage-events`,
    epoch: `${tag}:epoch`,
    /** Requests of an earlier epoch that were settled in this one. */
    late: `${tag}:late`,
    /** Of a request whose id may be reserved again. */
    settled: (requestId: string) => `${tag}:settled:${requestId}`,
    /** The counters of a key or a user; their layout is in `shared.lua`. */
    scope: (id: string) => `${tag}:scope:${id}`,
  };
}

/** The scopes that pay for a call, narrowest first. */
export function scopesOf({ userId, keyId }: Pick<Hold, 'userId' | 'keyId'>): Scope[] {
  const { scope } = usageKeys(userId);
  const user = { name: 'user', counters: scope(userId) } as const;
  return keyId === null ? [user] : [{ name: 'key', counters: scope(keyId) }, user];
}

export type ScopeName = 'key' | 'user';
export type Scope = { name: ScopeName; counters: string };
