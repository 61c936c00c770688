import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import { ApiKey } from './api-key.ts';
import { User } from './user.ts';

/** One deployment that was asked on the way to an answer, and how it ended. */
export type AttemptTrail = { model: string; provider: string; outcome: string; status?: number; latencyMs: number };

/**
 * One request to a model, written once by its id. `inputTokens` is everything that went in, cache reads and writes are
 * part of it; reasoning is part of `outputTokens`. Costs are nano-dollars; `estimated` says that the provider did not tell.
 * Partitioned by the month of `createdAt`, which is the moment of the reservation and so the same for every repetition.
 */
export const UsageRecord = defineEntity({
  name: 'UsageRecord',
  tableName: 'usage_records',
  indexes: [{ properties: ['userId', 'createdAt'] }],
  properties: {
    requestId: p.string().primary(),
    createdAt: p.datetime().primary(),
    userId: p.manyToOne(User).mapToPk().name('user_id'),
    apiKeyId: p.manyToOne(ApiKey).mapToPk().name('api_key_id').nullable(),
    operation: p.string(),
    requestedModel: p.string(),
    modelName: p.string(),
    modelId: p.string().nullable(),
    providerId: p.string(),
    inputTokens: p.integer(),
    outputTokens: p.integer(),
    cacheReadTokens: p.integer().default(0),
    cacheWrite5mTokens: p.integer().default(0).name('cache_write_5m_tokens'),
    cacheWrite1hTokens: p.integer().default(0).name('cache_write_1h_tokens'),
    reasoningTokens: p.integer().default(0),
    images: p.integer().default(0),
    audioMs: p.integer().default(0),
    characters: p.integer().default(0),
    costNanos: p.bigint('number'),
    priceVersion: p.integer(),
    estimated: p.boolean().default(false),
    streamed: p.boolean().default(false),
    success: p.boolean(),
    errorCode: p.string().nullable(),
    attempts: p.json<AttemptTrail[]>(),
    latencyMs: p.integer(),
    firstTokenMs: p.integer().nullable(),
  },
});
export type UsageRecord = InferEntity<typeof UsageRecord>;
