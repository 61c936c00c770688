import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import { limitColumns } from './limit-columns.ts';
import type { ModelType } from './model.ts';

/** What a user may spend. Exactly one tier is the default. */
export const Tier = defineEntity({
  name: 'Tier',
  tableName: 'tiers',
  properties: {
    id: p.string().primary(),
    displayName: p.string(),
    isDefault: p.boolean().default(false),
    ...limitColumns(),
    allowedModelTypes: p.json<ModelType[]>().nullable(),
    blockedModels: p.json<string[]>().nullable(),
  },
});
export type Tier = InferEntity<typeof Tier>;
