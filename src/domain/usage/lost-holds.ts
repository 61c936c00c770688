import type { Redis } from 'ioredis';
import type { Logger } from '../../infra/logger.ts';
import type { Metrics } from '../../infra/metrics.ts';
import type { RunCall } from './call-batch.ts';
import { shards } from './hold.ts';
import type { Hold, ShardKeys } from './hold.ts';
import { nothing } from './price.policy.ts';
import { storedHold } from './reservation.ts';
import { settle } from './settlement.ts';
import type { Spent } from './usage-event.ts';

export type LostHoldsOptions = { redis: Redis; run: RunCall; now: () => Date; logger: Logger; metrics: Metrics };

/**
 * Settles the holds of processes that died, when their leases have run out: at the worst case, because nobody knows what
 * the provider has done by then, and flagged. Any number of processes may look; each hold is settled once.
 */
export function createLostHolds({ redis, run, now, logger, metrics }: LostHoldsOptions) {
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<unknown> = Promise.resolve();

  /** @returns how many calls were found lost */
  async function look(): Promise<number> {
    const [seconds = 0] = await redis.time(); // leases are of Redis's clock
    const found = await Promise.all(shards.map((keys) => settleExpired(keys, seconds * 1000)));
    const open = await Promise.all(shards.map(({ leases }) => redis.zcard(leases)));
    const waiting = await Promise.all(shards.map(({ events }) => redis.xlen(events)));
    metrics.llmHoldsOpen.set(sum(open));
    metrics.usageLag.set(sum(waiting));
    metrics.llmHoldsLost.inc(sum(found));
    return sum(found);
  }

  async function settleExpired(keys: ShardKeys, atMs: number): Promise<number> {
    const ids = await redis.zrangebyscore(keys.leases, '-inf', atMs, 'LIMIT', 0, BATCH);
    let found = 0;
    for (const hold of await read(redis, keys, ids)) {
      const spent = worstCase(hold, now());
      if (!(await settle(run, { hold, spent, which: 'expired' }))) continue;
      found += 1;
      logger.warn({ requestId: hold.requestId, userId: hold.userId }, 'a call was lost; its worst case is charged');
    }
    return found;
  }

  return {
    look,
    start(): void {
      timer ??= setInterval(() => {
        looking = look().catch((error: unknown) => logger.warn({ err: error }, 'lost calls were not looked for'));
      }, LOOK_EVERY_MS).unref();
    },
    async stop(): Promise<void> {
      clearInterval(timer);
      await looking;
    },
  };
}

/** With the lease this makes the longest life of a dead call's hold. */
const LOOK_EVERY_MS = 5_000;

const BATCH = 200;

const sum = (counts: number[]) => counts.reduce((all, count) => all + count, 0);

/** What cannot be read is nobody's to settle: it is dropped, and its counters are put right by the reconciliation. */
async function read(redis: Redis, { holds, leases }: ShardKeys, ids: string[]): Promise<Hold[]> {
  if (ids.length === 0) return [];
  const texts = await redis.hmget(holds, ...ids);
  const all = texts.map((text) => (text === null ? null : storedHold(text)));
  const orphans = ids.filter((_, at) => all[at] === null);
  if (orphans.length > 0) await Promise.all([redis.zrem(leases, ...orphans), redis.hdel(holds, ...orphans)]);
  return all.filter((hold) => hold !== null);
}

function worstCase({ model, inputTokens, tokens, costNanos, reservedAtMs }: Hold, at: Date): Spent {
  return {
    ...nothing,
    inputTokens,
    outputTokens: Math.max(0, tokens - inputTokens),
    modelName: model,
    modelId: null,
    providerId: '',
    costNanos,
    priceVersion: 0,
    estimated: true,
    streamed: false,
    success: false,
    errorCode: 'process_lost',
    attempts: [],
    latencyMs: Math.min(at.getTime() - reservedAtMs, LONGEST_MS),
    firstTokenMs: null,
  };
}

/** Fits the column. */
const LONGEST_MS = 2_147_483_647;
