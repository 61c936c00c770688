import type { Tier } from '../../entities/tier.ts';

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

export function tierLimits(tier: Tier): Limits {
  return {
    concurrentRequests: tier.concurrentRequests ?? null,
    requestsPerMinute: tier.requestsPerMinute ?? null,
    tokensPerMinute: tier.tokensPerMinute ?? null,
    tokensPerDay: tier.tokensPerDay ?? null,
    tokensPerWeek: tier.tokensPerWeek ?? null,
    tokensPerMonth: tier.tokensPerMonth ?? null,
    costNanosPerDay: tier.costNanosPerDay ?? null,
    costNanosPerWeek: tier.costNanosPerWeek ?? null,
    costNanosPerMonth: tier.costNanosPerMonth ?? null,
  };
}
