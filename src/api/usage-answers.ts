import { z } from 'zod';
import { amounts, shownRecord } from './usage-record-view.ts';

const localDate = z.iso.date();
const nanos = z.int().describe('nano-dollars');

export const summary = z.object({
  period: z.enum(['day', 'week', 'month']),
  start_date: localDate,
  end_date: localDate,
  total_tokens: z.int(),
  total_cost_nanos: nanos,
  request_count: z.int(),
  limit: z.int().nullable().describe('tokens; null is no limit'),
  remaining: z.int().nullable(),
  usage_percentage: z.number(),
});

export const byModel = z.object({
  period: z.object({ start_date: localDate, end_date: localDate }),
  data: z.array(
    z.object({
      model: z.string(),
      request_count: z.int(),
      ...amounts,
      avg_latency_ms: z.int(),
      estimated: z.boolean().describe('whether a provider did not tell, so that a part is estimated'),
    }),
  ),
});

export const usagePage = z.object({
  total: z.int(),
  limit: z.int(),
  offset: z.int(),
  data: z.array(shownRecord),
});

export const dailyTrend = z.object({
  days: z.int(),
  data: z.array(z.object({ date: localDate, request_count: z.int(), total_tokens: z.int(), total_cost_nanos: nanos })),
});

const share = z.object({
  used: z.int(),
  limit: z.int().nullable().describe('null is no limit'),
  remaining: z.int().nullable(),
  percentage: z.number(),
});
const quotaPeriod = share.extend({ cost_nanos: share });
export const quota = z.object({ daily: quotaPeriod, weekly: quotaPeriod, monthly: quotaPeriod });
