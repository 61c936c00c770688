import { z } from 'zod';
import type { Database } from '../../infra/database.ts';
import type { DaySpan } from './local-days.ts';

/** `avg_latency_ms` is over all requests, failed ones too. `estimated`: a provider did not tell, so a part is estimated. */
export type ModelUsage = z.infer<typeof row>;
export type UsageByModel = { startDate: string; endDate: string; models: ModelUsage[] };

export async function usageByModel(
  database: Database,
  { userId, span: { startDate, endDate, from, to } }: { userId: string; span: DaySpan },
): Promise<UsageByModel> {
  const rows: unknown = await database.em.fork().execute(byModel, [userId, from, to]);
  return { startDate, endDate, models: z.array(row).parse(rows) };
}

const sums = [
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_write_5m_tokens',
  'cache_write_1h_tokens',
  'reasoning_tokens',
  'images',
  'audio_ms',
  'characters',
  'cost_nanos',
] as const;

const byModel = `
  select model_name as model, count(*) as request_count, ${sums.map((name) => `sum(${name}) as ${name}`).join(', ')},
    sum(input_tokens::bigint + output_tokens) as total_tokens, round(avg(latency_ms)) as avg_latency_ms,
    bool_or(estimated) as estimated
  from usage_records where user_id = ? and created_at >= ? and created_at < ?
  group by model_name order by total_tokens desc, model_name`;

/** Sums come as text, for they may be larger than a number of SQL's client. */
const sum = z.coerce.number();
const row = z.object({
  model: z.string(),
  request_count: sum,
  input_tokens: sum,
  output_tokens: sum,
  total_tokens: sum,
  cache_read_tokens: sum,
  cache_write_5m_tokens: sum,
  cache_write_1h_tokens: sum,
  reasoning_tokens: sum,
  images: sum,
  audio_ms: sum,
  characters: sum,
  cost_nanos: sum,
  avg_latency_ms: sum,
  estimated: z.boolean(),
});
