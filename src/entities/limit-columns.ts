import { p } from '@mikro-orm/core';

/** What a tier or a key may spend. A null limit is no limit; costs are nano-dollars. */
export const limitColumns = () => ({
  requestsPerMinute: p.integer().nullable(),
  tokensPerMinute: p.integer().nullable(),
  concurrentRequests: p.integer().nullable(),
  tokensPerDay: p.bigint('number').nullable(),
  tokensPerWeek: p.bigint('number').nullable(),
  tokensPerMonth: p.bigint('number').nullable(),
  costNanosPerDay: p.bigint('number').nullable(),
  costNanosPerWeek: p.bigint('number').nullable(),
  costNanosPerMonth: p.bigint('number').nullable(),
});
