import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import { Provider } from './provider.ts';

export const modelTypes = ['text', 'reasoning', 'vision', 'image', 'video', 'embedding', 'tts', 'stt'] as const;
export type ModelType = (typeof modelTypes)[number];

/**
 * What a model charges, in whole nano-dollars. Tokens and characters are priced per million, pictures each, audio by the
 * second. A price that is absent costs nothing, but for `reasoningNanos`: reasoning is then priced as output.
 */
export type Prices = {
  inputNanos: number;
  outputNanos: number;
  cacheReadNanos: number;
  /** Written to a cache that lives for 5 minutes, and for an hour. */
  cacheWrite5mNanos: number;
  cacheWrite1hNanos: number;
  reasoningNanos?: number;
  imageNanos?: number;
  audioSecondNanos?: number;
  millionCharactersNanos?: number;
};

/**
 * One public model name as one provider serves it: a deployment. Several rows may share a name: they are tried by
 * ascending priority, and those of one priority in turns by weight. `options` is for the wire format alone, as the
 * workflow of a ComfyUI model. `priceVersion` goes up with every change of `prices`, and each usage record says by which one it was charged.
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
    supportsStreaming: p.boolean().default(true),
    supportsReasoning: p.boolean().default(false),
    supportsDocuments: p.boolean().default(false),
    requestsPerMinute: p.integer().nullable(),
    tokensPerMinute: p.integer().nullable(),
    weight: p.integer().default(1),
    options: p.json<Record<string, unknown>>().default('{}'),
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
