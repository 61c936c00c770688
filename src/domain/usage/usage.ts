import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Database } from '../../infra/database.ts';
import type { Logger } from '../../infra/logger.ts';
import type { Metrics } from '../../infra/metrics.ts';
import type { Caller } from './caller.ts';
import { callerOf } from './caller.ts';
import type { Hold } from './hold.ts';
import { createLeaseKeeper } from './lease-keeper.ts';
import { Ledger } from './ledger.ts';
import { createCalendar } from './periods.ts';
import { createLostHolds } from './lost-holds.ts';
import { createLocalDays } from './local-days.ts';
import { readQuota } from './quota.ts';
import { createReports } from './reports.ts';
import { createReconciliation } from './reconciliation.ts';
import { holdOf, renew, reserve } from './reservation.ts';
import type { PricedCall, Reservation } from './reservation.ts';
import { createUpstreamRates } from './upstream-rate.ts';
import { createSettlements, settle } from './settlement.ts';
import { createShardCalls } from './shard-calls.ts';
import type { Settlement } from './settlement.ts';
import { createTurns } from './turns.ts';
import type { Spent } from './usage-event.ts';

export type { Caller } from './caller.ts';
export { holdSchema } from './hold.ts';
export type { Hold } from './hold.ts';
export { allLimits, limitNames, noLimits } from './limits.ts';
export type { LimitName, Limits, SomeLimits } from './limits.ts';
export type { PeriodName } from './periods.ts';
export { costNanos, nothing, worstCostNanos } from './price.policy.ts';
export type { Consumption } from './price.policy.ts';
export type { Reconciled, UsersPage } from './reconciliation.ts';
export type { PricedCall, Reservation } from './reservation.ts';
export type { Standing } from './shard-calls.ts';
export type { ModelUsage, UsageByModel } from './by-model.ts';
export type { DayUsage } from './daily-trend.ts';
export type { DateRange } from './local-days.ts';
export type { UsageOverview } from './overview.ts';
export type { Quota, QuotaPeriod } from './quota.ts';
export type { UsageSummary } from './summary.ts';
export type { Rate, RateTicket, UpstreamRates } from './upstream-rate.ts';
export { spentSchema } from './usage-event.ts';
export type { Spent } from './usage-event.ts';
export type { UsageRecord } from '../../entities/usage-record.ts';

export type Usage = ReturnType<typeof createUsage>;

export type UsageOptions = {
  redis: Redis;
  /** Of its own: the ledger blocks it. */
  blockingRedis: Redis;
  database: Database;
  now: () => Date;
  /** IANA zone in which days, weeks and months turn over. */
  timezone: string;
  leaseMs: number;
  logger: Logger;
  metrics: Metrics;
  /** How long an event may lie with one process before another takes it over. */
  claimAfterMs?: number;
};

/** Limits and money: what a call may cost, what it did cost, and what is left. */
export function createUsage(options: UsageOptions) {
  const { redis, database, now, leaseMs, logger, metrics, claimAfterMs = 30_000 } = options;
  const owner = randomUUID();
  const atTurnsEnd = createTurns(redis);
  const calls = createShardCalls({ redis, atTurnsEnd, owner, leaseMs });
  const calendar = createCalendar(options.timezone);
  const leaseOf = ({ durable }: { durable?: boolean }) => (durable === true ? DURABLE_LEASE_MS : leaseMs);

  /** @throws AppError `limits_unavailable`; asking again is safe */
  async function settleNow(settlement: Settlement): Promise<void> {
    if ((await settle(calls, settlement)) && settlement.spent) count(metrics, settlement.spent);
  }
  const settlements = createSettlements({ attempt: settleNow, logger });
  const ledger = new Ledger({ ...options, claimAfterMs });
  const renewNow = (hold: Hold) => renew(redis, hold, { owner, leaseMs: leaseOf(hold) });
  const leases = createLeaseKeeper({ redis, owner, leaseMs, renew: renewNow, logger });
  const lost = createLostHolds({ redis, calls, now, logger, metrics });
  const reconcile = createReconciliation({ redis, database, calendar, now, logger, metrics });

  return {
    reserve(call: PricedCall): Promise<Reservation> {
      const at = now();
      const terms = { periods: calendar(at), now: at, leaseMs: leaseOf(call) };
      return reserve(calls, call, { ...terms, unknown: (hold) => settlements.add({ hold, spent: null }) });
    },
    /** What stands for a request of this user, when nobody has settled it. @throws AppError `limits_unavailable` */
    holdOf: (userId: string, requestId: string) => holdOf(redis, { userId, requestId }),
    renew: renewNow,
    /** Keeps a hold alive until the answer is called. */
    keep: (hold: Hold) => leases.keep(hold),
    settle: (hold: Hold, spent: Spent) => settleNow({ hold, spent }),
    /** Settles, now or as soon as Redis is back, and does not wait for it; `done` is called when it is known to be done. */
    settleSurely: (hold: Hold, spent: Spent, done?: () => void) => settlements.add({ hold, spent }, done),
    settleLostHolds: () => lost.look(),
    /** Compares what limits count with what was used, for a page of users, and repairs it. */
    reconcile,
    /** @param keyId of a key of this user that pays as well. @throws AppError `not_found` */
    caller: (userId: string, keyId: string | null = null): Promise<Caller> => callerOf(database, { userId, keyId }),
    ...createReports({ database, calendar, days: createLocalDays(options.timezone), now }),
    /** What all processes together ask of providers a minute. */
    upstreamRates: createUpstreamRates({ redis, atTurnsEnd, logger }),
    quota: (caller: Caller) => readQuota(redis, caller, calendar(now())),
    /** From now on settles what dead processes left, and measures what is held and what waits to be written. */
    watch: () => lost.start(),
    ledger: {
      /** From now on writes what was used to Postgres. */
      start: () => ledger.start(),
      async stop(): Promise<void> {
        leases.stop();
        await Promise.all([lost.stop(), ledger.stop()]);
      },
      async drain(): Promise<void> {
        await lost.stop();
        await settlements.drain();
        await ledger.drain();
      },
    },
  };
}

/** A workflow settles it, however long its workers were away; this is for one that an operator has terminated. */
const DURABLE_LEASE_MS = 86_400_000;

function count(metrics: Metrics, spent: Spent): void {
  const { modelName: model } = spent;
  metrics.llmRequests.inc({ model, outcome: spent.success ? 'answered' : (spent.errorCode ?? 'failed') });
  metrics.llmTokens.inc({ model, kind: 'input' }, spent.inputTokens);
  metrics.llmTokens.inc({ model, kind: 'output' }, spent.outputTokens);
  metrics.llmCostNanos.inc({ model }, spent.costNanos);
}
