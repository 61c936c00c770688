import type { Redis } from 'ioredis';
import type { Logger } from '../../infra/logger.ts';
import type { Metrics } from '../../infra/metrics.ts';
import { shards } from './hold.ts';
import type { Hold, ShardKeys } from './hold.ts';
import { nothing } from './price.policy.ts';
import { storedHold } from './reservation.ts';
import { settle } from './settlement.ts';
import type { ShardCalls } from './shard-calls.ts';
import type { Spent } from './usage-event.ts';

export type LostHoldsOptions = { redis: Redis; calls: ShardCalls; now: () => Date; logger: Logger; metrics: Metrics };

/**
 * Settles the holds of processes that died, when their leases have run out: at the worst case, because nobody knows what
 * the provider has done by then, and flagged. Any number of processes may look; each hold is settled once. After an
 * outage of Redis leases have run out whose processes live: those renew them before anybody looks.
 */
export function createLostHolds({ redis, calls, now, logger, metrics }: LostHoldsOptions) {
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<unknown> = Promise.resolve();
  let readyAt = performance.now();
  const onReady = () => (readyAt = performance.now());

  /** @returns how many calls were found lost */
  async function look(): Promise<number> {
    const [seconds = 0] = await redis.time(); // leases are of Redis's clock
    const found = await Promise.all(shards.map((keys) => settleExpired(keys, seconds * 1000)));
    const open = await Promise.all(shards.map(({ holds }) => redis.hlen(holds)));
    const waiting = await Promise.all(shards.map(({ events }) => redis.xlen(events)));
    metrics.llmHoldsOpen.set(sum(open));
    metrics.usageLag.set(sum(waiting));
    metrics.llmHoldsLost.inc(sum(found));
    return sum(found);
  }

  async function settleExpired(keys: ShardKeys, atMs: number): Promise<number> {
    const expired = await redis.zrangebyscore(keys.leases, '-inf', atMs);
    if (expired.length === 0) return 0;
    let found = 0;
    for (const { owner, hold } of await holdsOf(redis, keys, expired)) {
      if (!(await settle(calls, { hold, spent: worstCase(hold, now()), expiredOwner: owner }))) continue;
      found += 1;
      logger.warn({ requestId: hold.requestId, userId: hold.userId }, 'a call was lost; its worst case is charged');
    }
    await redis.zremrangebyscore(keys.leases, '-inf', atMs);
    return found;
  }

  return {
    look,
    start(): void {
      if (timer) return;
      redis.on('ready', onReady);
      timer = setInterval(() => {
        if (redis.status !== 'ready' || performance.now() - readyAt < GRACE_MS) return;
        looking = look().catch((error: unknown) => logger.warn({ err: error }, 'lost calls were not looked for'));
      }, LOOK_EVERY_MS).unref();
    },
    async stop(): Promise<void> {
      clearInterval(timer);
      redis.off('ready', onReady);
      await looking;
    },
  };
}

/** With the lease this makes the longest life of a dead call's hold. */
const LOOK_EVERY_MS = 5_000;
/** A process tries to reach Redis again every two seconds. */
const GRACE_MS = 6_000;

const sum = (counts: number[]) => counts.reduce((all, count) => all + count, 0);

/**
 * The holds that these owners have left behind. What cannot be read is nobody's to settle: it is dropped, and its counters
 * are put right by the reconciliation.
 */
async function holdsOf(redis: Redis, { holds }: ShardKeys, owners: readonly string[]): Promise<Stored[]> {
  const all = Object.entries(await redis.hgetall(holds)).map(([id, text]) => ({ id, text, stored: storedHold(text) }));
  const isTheirs = ({ id, text }: { id: string; text: string }) =>
    owners.includes(id) || owners.includes(text.split('|', 1)[0] ?? '');
  const damaged = all.filter((one) => one.stored === null && isTheirs(one)).map(({ id }) => id);
  if (damaged.length > 0) await redis.hdel(holds, ...damaged);
  return all.flatMap(({ stored }) => (stored && owners.includes(stored.owner) ? [stored] : []));
}

type Stored = NonNullable<ReturnType<typeof storedHold>>;

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
