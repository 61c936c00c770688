import type { ApiKey } from '../../entities/api-key.ts';
import type { Tier } from '../../entities/tier.ts';
import type { Limits } from './caller.ts';

/** What a tier lets its users spend together, over all their keys. */
export function limitsOfTier(tier: Tier): Limits {
  return {
    requestsPerMinute: tier.requestsPerMinute ?? null,
    tokensPerMinute: tier.tokensPerMinute ?? null,
    concurrentRequests: tier.concurrentRequests ?? null,
    tokensPerDay: tier.tokensPerDay ?? null,
    tokensPerWeek: tier.tokensPerWeek ?? null,
    tokensPerMonth: tier.tokensPerMonth ?? null,
    costNanosPerDay: tier.costNanosPerDay ?? null,
    costNanosPerWeek: tier.costNanosPerWeek ?? null,
    costNanosPerMonth: tier.costNanosPerMonth ?? null,
  };
}

/** What one key may spend of that. */
export function limitsOfKey(key: ApiKey): Limits {
  const requestsPerMinute = key.requestsPerMinute ?? null;
  const tokensPerDay = key.tokensPerDay ?? null;
  const tokensPerMonth = key.tokensPerMonth ?? null;
  return { ...noLimits, requestsPerMinute, tokensPerDay, tokensPerMonth };
}

export const noLimits: Limits = {
  requestsPerMinute: null,
  tokensPerMinute: null,
  concurrentRequests: null,
  tokensPerDay: null,
  tokensPerWeek: null,
  tokensPerMonth: null,
  costNanosPerDay: null,
  costNanosPerWeek: null,
  costNanosPerMonth: null,
};
