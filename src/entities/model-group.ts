import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import { modelTypes } from './model.ts';

/** A name that stands for an ordered list of models, as `auto` or `text`: the fallback chain of a request. */
export const ModelGroup = defineEntity({
  name: 'ModelGroup',
  tableName: 'model_groups',
  properties: {
    id: p.string().primary(),
    displayName: p.string(),
    type: p.enum(modelTypes),
    modelNames: p.json<string[]>(),
    fallbackEnabled: p.boolean().default(true),
    retryCount: p.integer().default(3),
    timeoutMs: p.integer().default(30_000),
    enabled: p.boolean().default(true),
    updatedAt: p
      .datetime()
      .onCreate(() => new Date())
      .onUpdate(() => new Date()),
  },
});
export type ModelGroup = InferEntity<typeof ModelGroup>;
