import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import type { Prices } from './model.ts';

/** What a model charged from `createdAt` on, until the next version. Usage records name the version they were charged by. */
export const PriceVersion = defineEntity({
  name: 'PriceVersion',
  tableName: 'price_versions',
  properties: {
    modelId: p.string().primary(),
    version: p.integer().primary(),
    prices: p.json<Prices>(),
    createdAt: p.datetime(),
  },
});
export type PriceVersion = InferEntity<typeof PriceVersion>;
