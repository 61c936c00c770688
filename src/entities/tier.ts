import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import type { ModelType } from './model.ts';

/** What a user may spend. A null limit is no limit; costs are nano-dollars. Exactly one tier is the default. */
export const Tier = defineEntity({
  name: 'Tier',
  tableName: 'tiers',
  properties: {
    id: p.string().primary(),
    displayName: p.string(),
    isDefault: p.boolean().default(false),
    requestsPerMinute: p.integer().nullable(),
    tokensPerMinute: p.integer().nullable(),
    concurrentRequests: p.integer().nullable(),
    tokensPerDay: p.bigint('number').nullable(),
    tokensPerWeek: p.bigint('number').nullable(),
    tokensPerMonth: p.bigint('number').nullable(),
    costNanosPerDay: p.bigint('number').nullable(),
    costNanosPerWeek: p.bigint('number').nullable(),
    costNanosPerMonth: p.bigint('number').nullable(),
    allowedModelTypes: p.json<ModelType[]>().nullable(),
    blockedModels: p.json<string[]>().nullable(),
  },
});
export type Tier = InferEntity<typeof Tier>;
