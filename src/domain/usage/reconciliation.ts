import type { Redis } from 'ioredis';
import type { Database } from '../../infra/database.ts';
import type { Logger } from '../../infra/logger.ts';
import type { Metrics } from '../../infra/metrics.ts';
import { actualUse } from './actual-use.ts';
import { readCounters, repairCounters } from './counters.ts';
import type { Counters, PeriodCounter, Standings } from './counters.ts';
import { periodNames } from './periods.ts';
import type { Calendar, Periods } from './periods.ts';
import { usageKeys } from './hold.ts';
import { payersOf } from './payers.ts';
import type { Payer } from './payers.ts';

export type ReconciliationOptions = {
  redis: Redis;
  database: Database;
  calendar: Calendar;
  now: () => Date;
  logger: Logger;
  metrics: Metrics;
};

/** The users after this id, in the order of ids. */
export type UsersPage = { after: string | null; limit: number };

/** `busy` scopes differed and moved at each look; the next round sees to them. `next` is null after the last page. */
export type Reconciled = { scopes: number; repaired: number; busy: number; next: string | null };

/**
 * Compares what limits count (Redis) with what was used: the ledger, events on their way to it, and live holds at their
 * worst. What differs is put right, if no call moved it meanwhile. Doing it again finds nothing to do.
 * @throws AppError `unavailable` while the ledger is far behind, `limits_unavailable` while Redis is away
 */
export function createReconciliation({ redis, database, calendar, now, logger, metrics }: ReconciliationOptions) {
  return async function reconcile(page: UsersPage): Promise<Reconciled> {
    const { payers, next } = await payersOf(database, page);
    let repaired = 0;
    let pending = payers;
    for (let look = 0; look < LOOKS && pending.length > 0; look++) {
      const different = await differences(pending);
      const outcomes = await Promise.all(different.map(repair));
      repaired += outcomes.filter((done) => done).length;
      pending = different.filter((_, at) => outcomes[at] === false).map(({ payer }) => payer);
    }
    return { scopes: payers.length, repaired, busy: pending.length, next };
  };

  async function differences(payers: Payer[]): Promise<Difference[]> {
    const periods = calendar(now());
    const all = await countersOf(redis, payers); // first: whatever moves from here on is seen by the repair
    const usedBy = await actualUse({ redis, database, periods }, new Set(payers.map(({ userId }) => userId)));
    return all.flatMap(({ payer, counted }) => {
      const right = corrected(counted, { used: usedBy(payer), periods });
      return right === null ? [] : [{ payer, counted, right }];
    });
  }

  async function repair({ payer, counted, right }: Difference): Promise<boolean> {
    const done = await repairCounters(redis, { scope: payer.scope, seen: counted.seen, right });
    if (!done) return false;
    const { userId, keyId } = payer;
    const { seen: _, ...before } = counted;
    logger.warn({ userId, keyId, before, after: right }, 'the counters of limits were wrong and are repaired');
    metrics.usageRepairs.inc();
    metrics.usageDriftNanos.inc(driftNanos(counted, right));
    return true;
  }
}

/** Calls that come and go move what is looked at; a few looks meet a quiet moment of all but the busiest. */
const LOOKS = 5;

type Difference = { payer: Payer; counted: Counters; right: Standings };

async function countersOf(redis: Redis, payers: Payer[]) {
  const byShard = [...Map.groupBy(payers, ({ userId }) => usageKeys(userId)).values()];
  const counted = byShard.map((those) =>
    readCounters(
      redis,
      those.map(({ scope }) => scope),
    ),
  );
  const all = await Promise.all(counted);
  return all.flatMap((of, shard) =>
    of.flatMap((counters, at) => {
      const payer = byShard[shard]?.[at];
      return payer ? [{ payer, counted: counters }] : [];
    }),
  );
}

/** Null when all is right. Periods that a process with a faster clock has begun are left to it. */
function corrected(counted: Counters, { used, periods }: { used: Standings; periods: Periods }): Standings | null {
  const periodOf = (name: keyof Periods): PeriodCounter => {
    const [before, now] = [counted.periods[name], used.periods[name]];
    if (before.key > periods[name].key) return before;
    return isSame(sumsIn(before, now.key), now) ? before : now;
  };
  const right = {
    running: used.running,
    periods: { day: periodOf('day'), week: periodOf('week'), month: periodOf('month') },
  };
  const isRight =
    right.running === counted.running && periodNames.every((name) => right.periods[name] === counted.periods[name]);
  return isRight ? null : right;
}

/** A period that is over counts nothing in the one that runs. */
const sumsIn = (counter: PeriodCounter, key: string): PeriodCounter =>
  counter.key === key ? counter : { key, tokens: 0, costNanos: 0 };

const isSame = (one: PeriodCounter, other: PeriodCounter) =>
  one.tokens === other.tokens && one.costNanos === other.costNanos;

function driftNanos(counted: Standings, right: Standings): number {
  const drifts = periodNames.map((name) => {
    const after = right.periods[name];
    return Math.abs(after.costNanos - sumsIn(counted.periods[name], after.key).costNanos);
  });
  return Math.max(...drifts);
}
