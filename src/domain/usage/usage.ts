import type { Redis } from 'ioredis';
import type { Database } from '../../infra/database.ts';
import type { Logger } from '../../infra/logger.ts';
import type { Metrics } from '../../infra/metrics.ts';
import type { Caller } from './caller.ts';
import { userCaller } from './caller.ts';
import type { Hold } from './hold.ts';
import { Ledger } from './ledger.ts';
import { createCalendar } from './periods.ts';
import type { PeriodName } from './periods.ts';
import { renew, reserve } from './reservation.ts';
import type { PricedCall } from './reservation.ts';
import { createOverdue, settle } from './settlement.ts';
import { readQuota, summarize, summarizeByModel } from './summary.ts';
import type { Spent } from './usage-event.ts';

export type { Caller } from './caller.ts';
export { holdSchema } from './hold.ts';
export type { Hold } from './hold.ts';
export { limitNames, noLimits, tierLimits } from './limits.ts';
export type { LimitName, Limits } from './limits.ts';
export type { PeriodName } from './periods.ts';
export { costNanos, worstCostNanos } from './price.policy.ts';
export type { TokenUsage } from './price.policy.ts';
export type { PricedCall } from './reservation.ts';
export type { ModelUsage, Quota, QuotaPeriod, UsageSummary } from './summary.ts';
export { spentSchema } from './usage-event.ts';
export type { Spent } from './usage-event.ts';

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
  const calendar = createCalendar(options.timezone);
  const periodNow = (name: PeriodName) => ({ name, of: calendar(now())[name] });

  /** @throws AppError `limits_unavailable`; asking again is safe */
  async function settleNow(hold: Hold, spent: Spent): Promise<void> {
    if (await settle(redis, hold, spent)) count(metrics, spent);
  }
  const overdue = createOverdue({ attempt: settleNow, logger });
  const ledger = new Ledger({ ...options, claimAfterMs });

  return {
    leaseMs,
    reserve(call: PricedCall): Promise<Hold> {
      const at = now();
      return reserve(redis, call, { periods: calendar(at), now: at, leaseMs });
    },
    renew: (hold: Hold) => renew(redis, hold, leaseMs),
    settle: settleNow,
    /** Settles, now or as soon as Redis is back. For a caller who has nobody to report a failure to. */
    async settleSurely(hold: Hold, spent: Spent): Promise<void> {
      await settleNow(hold, spent).catch(() => overdue.add(hold, spent));
    },
    caller: (userId: string): Promise<Caller> => userCaller(database, userId),
    summary: (userId: string, period: PeriodName) => summarize({ database, userId, period: periodNow(period) }),
    byModel: (userId: string, period: PeriodName) => summarizeByModel({ database, userId, period: periodNow(period) }),
    quota: (caller: Caller) => readQuota(redis, caller, calendar(now())),
    ledger: {
      start: () => ledger.start(),
      stop: () => ledger.stop(),
      async drain(): Promise<void> {
        await overdue.drain();
        await ledger.drain();
      },
    },
  };
}

function count(metrics: Metrics, spent: Spent): void {
  const { modelName: model } = spent;
  metrics.llmRequests.inc({ model, outcome: spent.success ? 'answered' : (spent.errorCode ?? 'failed') });
  metrics.llmTokens.inc({ model, kind: 'input' }, spent.inputTokens);
  metrics.llmTokens.inc({ model, kind: 'output' }, spent.outputTokens);
  metrics.llmCostNanos.inc({ model }, spent.costNanos);
}
