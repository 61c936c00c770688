import { z } from 'zod';
import type { Database } from '../../infra/database.ts';
import type { Use } from './actual-use.ts';
import { periodNames } from './periods.ts';
import type { Periods } from './periods.ts';

export type LedgerQuestion = {
  userIds: ReadonlySet<string>;
  periods: Periods;
  /** Requests that are counted elsewhere. */
  without: string[];
};

/** What the ledger knows of the running periods, summed by user and key. */
export async function ledgerUse(database: Database, { userIds, periods, without }: LedgerQuestion): Promise<Use[]> {
  const bounds = periodNames.flatMap((name) => [new Date(periods[name].startMs), new Date(periods[name].endMs)]);
  const since = new Date(Math.min(periods.week.startMs, periods.month.startMs));
  const given = [...bounds, ...bounds, JSON.stringify([...userIds]), since, JSON.stringify(without)];
  return z.array(row).parse(await database.em.fork().execute(sums, given));
}

const within = periodNames.map((name) => ({ name, filter: 'filter (where created_at >= ? and created_at < ?)' }));
const sums = `
  select user_id, api_key_id,
    ${within.map(({ name, filter }) => `sum(input_tokens::bigint + output_tokens) ${filter} as ${name}_tokens`).join(', ')},
    ${within.map(({ name, filter }) => `sum(cost_nanos) ${filter} as ${name}_cost`).join(', ')}
  from usage_records
  where user_id in (select jsonb_array_elements_text(?::jsonb)) and created_at >= ?
    and request_id not in (select jsonb_array_elements_text(?::jsonb))
  group by user_id, api_key_id`;

const sum = z.coerce.number();
const row = z
  .object({
    user_id: z.string(),
    api_key_id: z.string().nullable(),
    day_tokens: sum,
    week_tokens: sum,
    month_tokens: sum,
    day_cost: sum,
    week_cost: sum,
    month_cost: sum,
  })
  .transform((of) => ({
    userId: of.user_id,
    keyId: of.api_key_id,
    day: { tokens: of.day_tokens, costNanos: of.day_cost },
    week: { tokens: of.week_tokens, costNanos: of.week_cost },
    month: { tokens: of.month_tokens, costNanos: of.month_cost },
  }));
