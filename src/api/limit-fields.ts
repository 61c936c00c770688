import { z } from 'zod';
import type { SomeLimits } from '../domain/accounts/accounts.ts';
import type { Limits } from '../domain/usage/usage.ts';
import { bigCount, count } from './schemas.ts';

/** Limits in a request: null is no limit. What an absent one means is for the route to say. */
export const limitFields = {
  concurrent_requests: count.nullable().optional(),
  requests_per_minute: count.nullable().optional(),
  tokens_per_minute: count.nullable().optional(),
  tokens_per_day: bigCount.nullable().optional(),
  tokens_per_week: bigCount.nullable().optional(),
  tokens_per_month: bigCount.nullable().optional(),
  cost_nanos_per_day: bigCount.nullable().optional().describe('nano-dollars'),
  cost_nanos_per_week: bigCount.nullable().optional().describe('nano-dollars'),
  cost_nanos_per_month: bigCount.nullable().optional().describe('nano-dollars'),
};

/** The same in an answer, where all are said. */
export const shownLimits = {
  concurrent_requests: z.int().nullable(),
  requests_per_minute: z.int().nullable(),
  tokens_per_minute: z.int().nullable(),
  tokens_per_day: z.int().nullable(),
  tokens_per_week: z.int().nullable(),
  tokens_per_month: z.int().nullable(),
  cost_nanos_per_day: z.int().nullable().describe('nano-dollars'),
  cost_nanos_per_week: z.int().nullable().describe('nano-dollars'),
  cost_nanos_per_month: z.int().nullable().describe('nano-dollars'),
};

const limitBody = z.object(limitFields);

export const limitsOf = (body: z.output<typeof limitBody>): SomeLimits => ({
  concurrentRequests: body.concurrent_requests,
  requestsPerMinute: body.requests_per_minute,
  tokensPerMinute: body.tokens_per_minute,
  tokensPerDay: body.tokens_per_day,
  tokensPerWeek: body.tokens_per_week,
  tokensPerMonth: body.tokens_per_month,
  costNanosPerDay: body.cost_nanos_per_day,
  costNanosPerWeek: body.cost_nanos_per_week,
  costNanosPerMonth: body.cost_nanos_per_month,
});

export const limitsView = (limits: Limits) => ({
  concurrent_requests: limits.concurrentRequests,
  requests_per_minute: limits.requestsPerMinute,
  tokens_per_minute: limits.tokensPerMinute,
  tokens_per_day: limits.tokensPerDay,
  tokens_per_week: limits.tokensPerWeek,
  tokens_per_month: limits.tokensPerMonth,
  cost_nanos_per_day: limits.costNanosPerDay,
  cost_nanos_per_week: limits.costNanosPerWeek,
  cost_nanos_per_month: limits.costNanosPerMonth,
});
