import type { PeriodName } from './periods.ts';

/** What one scope (a key or a user) may use; null is no limit. Costs are nano-dollars. */
export type Limits = { [name in LimitName]: number | null };

/** In the order in which they are checked, which is also the order in which Lua reads them. */
export const limitNames = [
  'concurrentRequests',
  'requestsPerMinute',
  'tokensPerMinute',
  'tokensPerDay',
  'tokensPerWeek',
  'tokensPerMonth',
  'costNanosPerDay',
  'costNanosPerWeek',
  'costNanosPerMonth',
] as const;
export type LimitName = (typeof limitNames)[number];

export const noLimits: Limits = {
  concurrentRequests: null,
  requestsPerMinute: null,
  tokensPerMinute: null,
  tokensPerDay: null,
  tokensPerWeek: null,
  tokensPerMonth: null,
  costNanosPerDay: null,
  costNanosPerWeek: null,
  costNanosPerMonth: null,
};

/** Limits of which some are not said, as in the row of a tier or a key. */
export type SomeLimits = { [name in LimitName]?: number | null | undefined };

/** What is not said is no limit. */
export function allLimits(some: SomeLimits): Limits {
  return {
    concurrentRequests: some.concurrentRequests ?? null,
    requestsPerMinute: some.requestsPerMinute ?? null,
    tokensPerMinute: some.tokensPerMinute ?? null,
    tokensPerDay: some.tokensPerDay ?? null,
    tokensPerWeek: some.tokensPerWeek ?? null,
    tokensPerMonth: some.tokensPerMonth ?? null,
    costNanosPerDay: some.costNanosPerDay ?? null,
    costNanosPerWeek: some.costNanosPerWeek ?? null,
    costNanosPerMonth: some.costNanosPerMonth ?? null,
  };
}

/** What one call takes of a limit. */
export function amountOf(limit: LimitName, { tokens, costNanos }: { tokens: number; costNanos: number }): number {
  if (limit.startsWith('tokens')) return tokens;
  return limit.startsWith('cost') ? costNanos : 1;
}

/** The period whose end frees a limit; null for those that are free again within a minute. */
export function periodOf(limit: LimitName): PeriodName | null {
  if (limit.endsWith('Day')) return 'day';
  if (limit.endsWith('Week')) return 'week';
  return limit.endsWith('Month') ? 'month' : null;
}
