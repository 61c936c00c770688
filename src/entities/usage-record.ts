import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import { ApiKey } from './api-key.ts';
import { User } from './user.ts';

/** One model that was asked on the way to an answer, and how it ended. */
export type AttemptTrail = { model: string; provider: string; outcome: string; status?: number; latencyMs: number };

/** One request to a model, written once by its id. Costs are nano-dollars; `estimated` says that the provider did not tell. */
export const UsageRecord = defineEntity({
  name: 'UsageRecord',
  tableName: 'usage_records',
  indexes: [{ properties: ['userId', 'createdAt'] }, { properties: ['modelName', 'createdAt'] }],
  properties: {
    requestId: p.string().primary(),
    userId: p.manyToOne(User).mapToPk().name('user_id'),
    apiKeyId: p.manyToOne(ApiKey).mapToPk().name('api_key_id').nullable(),
    modelName: p.string(),
    providerId: p.string(),
    inputTokens: p.integer(),
    outputTokens: p.integer(),
    cacheReadTokens: p.integer().default(0),
    cacheWriteTokens: p.integer().default(0),
    costNanos: p.bigint('number'),
    priceVersion: p.integer(),
    estimated: p.boolean().default(false),
    streamed: p.boolean().default(false),
    success: p.boolean(),
    errorCode: p.string().nullable(),
    attempts: p.json<AttemptTrail[]>(),
    latencyMs: p.integer(),
    firstTokenMs: p.integer().nullable(),
    createdAt: p.datetime(),
  },
});
export type UsageRecord = InferEntity<typeof UsageRecord>;
