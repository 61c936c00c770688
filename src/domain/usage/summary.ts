import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { Database } from '../../infra/database.ts';
import { userCaller } from './caller.ts';
import type { Caller } from './caller.ts';
import { usageKeys } from './hold.ts';
import type { Limits } from './limits.ts';
import type { Calendar, Period, PeriodName } from './periods.ts';
import { available } from './reservation.ts';

/** Dates are local dates in the configured timezone, `end_date` is the period's last one. Limits are in tokens. */
export type UsageSummary = {
  period: PeriodName;
  start_date: string;
  end_date: string;
  total_tokens: number;
  total_cost_nanos: number;
  request_count: number;
  limit: number | null;
  remaining: number | null;
  usage_percentage: number;
};

export type ModelUsage = {
  model: string;
  requests: number;
  input_tokens: number;
  output_tokens: number;
  cost_nanos: number;
  /** Whether any of it is estimated, because a provider did not tell. */
  estimated: boolean;
};

export type Quota = { daily: QuotaPeriod; weekly: QuotaPeriod; monthly: QuotaPeriod };
export type QuotaPeriod = { used: number; limit: number | null; remaining: number | null; percentage: number };

/**
 * What Postgres knows of a user's running period; trails the counters by the time an event takes to get there.
 * @throws AppError `not_found` for an unknown user
 */
export async function summarize({ database, userId, period }: Question): Promise<UsageSummary> {
  const { userLimits } = await userCaller(database, userId);
  const [row] = await database.em.fork().execute(totals, range(userId, period.of));
  const { tokens, cost, requests } = totalsRow.parse(row);
  const { limit, remaining, percentage } = share(tokens, userLimits[tokenLimits[period.name]]);
  return {
    period: period.name,
    start_date: period.of.startDate,
    end_date: period.of.endDate,
    total_tokens: tokens,
    total_cost_nanos: cost,
    request_count: requests,
    limit,
    remaining,
    usage_percentage: percentage,
  };
}

/** The same period by public model name, most tokens first. */
export async function summarizeByModel({ database, userId, period }: Question): Promise<ModelUsage[]> {
  const rows = await database.em.fork().execute(byModel, range(userId, period.of));
  return z.array(modelRow).parse(rows);
}

export type Question = { database: Database; userId: string; period: { name: PeriodName; of: Period } };

/**
 * The tokens of the running periods as the limits count them. Where the key has a limit of its own and less is left of it
 * than of the user's, it is the key's that is shown.
 * @throws AppError `limits_unavailable`
 */
export async function readQuota(redis: Redis, caller: Caller, periods: ReturnType<Calendar>): Promise<Quota> {
  const read = async (name: PeriodName): Promise<QuotaPeriod> => {
    const limit = tokenLimits[name];
    const ofUser = share(await spentTokens(redis, caller, periods[name]), caller.userLimits[limit]);
    const { keyId } = caller;
    if (keyId === null || caller.keyLimits[limit] === null) return ofUser;
    const ofKey = share(await spentTokens(redis, { ...caller, keyId }, periods[name]), caller.keyLimits[limit]);
    return (ofKey.remaining ?? 0) < (ofUser.remaining ?? Infinity) ? ofKey : ofUser;
  };
  const [daily, weekly, monthly] = await available(Promise.all([read('day'), read('week'), read('month')]));
  return { daily, weekly, monthly };
}

const tokenLimits = {
  day: 'tokensPerDay',
  week: 'tokensPerWeek',
  month: 'tokensPerMonth',
} as const satisfies Record<PeriodName, keyof Limits>;

async function spentTokens(redis: Redis, scope: { userId: string; keyId?: string | null }, period: Period) {
  const key = usageKeys(scope.userId).spent(scope.keyId ?? scope.userId, period.key);
  return Number((await redis.hget(key, 'tokens')) ?? 0);
}

/** Percentages have two decimals; without a limit they are 0, and under a limit of 0 they are 100. */
function share(used: number, limit: number | null): QuotaPeriod {
  if (limit === null) return { used, limit, remaining: null, percentage: 0 };
  const percentage = limit === 0 ? 100 : Math.round((used * 10_000) / limit) / 100;
  return { used, limit, remaining: Math.max(0, limit - used), percentage };
}

const range = (userId: string, { startMs, endMs }: Period) => [userId, new Date(startMs), new Date(endMs)];

const whose = 'from usage_records where user_id = ? and created_at >= ? and created_at < ?';
const totals = `
  select coalesce(sum(input_tokens::bigint + output_tokens), 0) as tokens, coalesce(sum(cost_nanos), 0) as cost,
    count(*) as requests ${whose}`;
const byModel = `
  select model_name as model, count(*) as requests, sum(input_tokens) as input_tokens, sum(output_tokens) as output_tokens,
    sum(cost_nanos) as cost_nanos, bool_or(estimated) as estimated ${whose}
  group by model_name order by sum(input_tokens::bigint + output_tokens) desc, model_name`;

const sum = z.coerce.number();
const totalsRow = z.object({ tokens: sum, cost: sum, requests: sum });
const modelRow = z.object({
  model: z.string(),
  requests: sum,
  input_tokens: sum,
  output_tokens: sum,
  cost_nanos: sum,
  estimated: z.boolean(),
});
