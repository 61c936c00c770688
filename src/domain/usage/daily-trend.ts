import { z } from 'zod';
import type { Database } from '../../infra/database.ts';
import type { DaySpan, LocalDays } from './local-days.ts';

/** One local day; a day without use is there with zeros. */
export type DayUsage = { date: string; request_count: number; total_tokens: number; total_cost_nanos: number };

type Question = { userId: string; span: DaySpan; days: LocalDays; count: number };

/** Ascending. Days are told apart by their own bounds, so that limits and reports cannot disagree on midnight. */
export async function dailyTrend(database: Database, { userId, span, days, count }: Question): Promise<DayUsage[]> {
  const dates = Array.from({ length: count }, (_, at) => days.plus(span.startDate, at));
  const starts = dates.map((date) => days.span(date, date).from.toISOString());
  const rows: unknown = await database.em.fork().execute(byDay, [JSON.stringify(starts), userId, span.from, span.to]);
  const used = new Map(
    z
      .array(row)
      .parse(rows)
      .map(({ day, ...sums }) => [day, sums]),
  );
  return dates.map((date, at) => Object.assign({ date }, used.get(at + 1) ?? nothing));
}

const nothing = { request_count: 0, total_tokens: 0, total_cost_nanos: 0 };

const byDay = `
  select width_bucket(created_at, array(select value::timestamptz from jsonb_array_elements_text(?::jsonb))) as day,
    count(*) as request_count, sum(input_tokens::bigint + output_tokens) as total_tokens, sum(cost_nanos) as total_cost_nanos
  from usage_records where user_id = ? and created_at >= ? and created_at < ?
  group by day`;

const sum = z.coerce.number();
const row = z.object({ day: z.int(), request_count: sum, total_tokens: sum, total_cost_nanos: sum });
