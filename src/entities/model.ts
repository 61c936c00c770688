import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import { Provider } from './provider.ts';

export const modelTypes = ['text', 'reasoning', 'vision', 'image', 'video', 'embedding', 'tts', 'stt'] as const;
export type ModelType = (typeof modelTypes)[number];

/** What a model charges: nano-dollars per million tokens, all integers. */
export type Prices = {
  inputNanos: number;
  outputNanos: number;
  cacheReadNanos: number;
  cacheWriteNanos: number;
};

/**
 * One public model name as one provider serves it. Several rows may share a name: they are tried by ascending priority.
 * `priceVersion` goes up with every change of `prices`, and each usage record says by which one it was charged.
 */
export const Model = defineEntity({
  name: 'Model',
  tableName: 'models',
  uniques: [{ properties: ['name', 'providerId'] }],
  properties: {
    id: p.string().primary(),
    name: p.string().index(),
    providerId: p.manyToOne(Provider).mapToPk().name('provider_id'),
    upstreamName: p.string(),
    displayName: p.string(),
    type: p.enum(modelTypes),
    contextTokens: p.integer(),
    maxOutputTokens: p.integer(),
    supportsTools: p.boolean().default(false),
    supportsVision: p.boolean().default(false),
    supportsJson: p.boolean().default(false),
    prices: p.json<Prices>(),
    priceVersion: p.integer().default(1),
    priority: p.integer().default(100),
    enabled: p.boolean().default(true),
    updatedAt: p
      .datetime()
      .onCreate(() => new Date())
      .onUpdate(() => new Date()),
  },
});
export type Model = InferEntity<typeof Model>;
