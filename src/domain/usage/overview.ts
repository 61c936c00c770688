import { z } from 'zod';
import { ApiKey } from '../../entities/api-key.ts';
import type { Database } from '../../infra/database.ts';
import type { Period, Periods } from './periods.ts';

export type Totals = { requests: number; tokens: number; cost_nanos: number };
/** The month's, most expensive first; at most ten. */
export type Share = Totals & { name: string };

export type UsageOverview = {
  today: Totals;
  month: Totals;
  /** Who made at least one request. */
  active_users_today: number;
  /** Of every status. */
  total_api_keys: number;
  by_provider: Share[];
  by_model: Share[];
};

export async function usageOverview(database: Database, { day, month }: Periods): Promise<UsageOverview> {
  const em = database.em.fork();
  const inMonth = bounds(month);
  const ask = async <T>(row: z.ZodType<T>, [sql, given]: [string, Date[]]): Promise<T[]> =>
    z.array(row).parse(await em.execute(sql, given));
  const [[today], [thisMonth], by_provider, by_model, total_api_keys] = await Promise.all([
    ask(activeTotals, [totals, bounds(day)]),
    ask(activeTotals, [totals, inMonth]),
    ask(share, [shares('provider_id'), inMonth]),
    ask(share, [shares('model_name'), inMonth]),
    em.count(ApiKey),
  ]);
  const { users: active_users_today, ...ofToday } = today ?? nothing;
  const { users: _, ...ofMonth } = thisMonth ?? nothing;
  return { today: ofToday, month: ofMonth, active_users_today, total_api_keys, by_provider, by_model };
}

const bounds = ({ startMs, endMs }: Period) => [new Date(startMs), new Date(endMs)];
const nothing = { requests: 0, tokens: 0, cost_nanos: 0, users: 0 };

const sums = `count(*) as requests, coalesce(sum(input_tokens::bigint + output_tokens), 0) as tokens,
  coalesce(sum(cost_nanos), 0) as cost_nanos`;
const within = 'from usage_records where created_at >= ? and created_at < ?';
const totals = `select ${sums}, count(distinct user_id) as users ${within}`;
/** A call that no provider answered has none. */
const shares = (column: 'provider_id' | 'model_name') =>
  `select ${column} as name, ${sums} ${within} and ${column} <> '' group by 1 order by cost_nanos desc, name limit 10`;

const sum = z.coerce.number();
const share = z.object({ name: z.string(), requests: sum, tokens: sum, cost_nanos: sum });
const activeTotals = z.object({ requests: sum, tokens: sum, cost_nanos: sum, users: sum });
