import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import { limitColumns } from './limit-columns.ts';
import { User } from './user.ts';

export const apiKeyStatuses = ['active', 'disabled', 'expired', 'revoked'] as const;
export type ApiKeyStatus = (typeof apiKeyStatuses)[number];

/** A key of the LLM gateway. The key itself is shown once; here are its SHA-256 and the start that a person recognises. */
export const ApiKey = defineEntity({
  name: 'ApiKey',
  tableName: 'api_keys',
  properties: {
    id: p.string().primary(),
    userId: p.manyToOne(User).mapToPk().name('user_id').index(),
    name: p.string(),
    keyHash: p.string().unique().hidden(),
    displayPrefix: p.string(),
    status: p.enum(apiKeyStatuses).default('active'),
    allowedModels: p.json<string[]>().nullable(),
    ...limitColumns(),
    metadata: p.json<Record<string, unknown>>().default('{}'),
    expiresAt: p.datetime().nullable(),
    lastUsedAt: p.datetime().nullable(),
    createdAt: p.datetime().onCreate(() => new Date()),
  },
});
export type ApiKey = InferEntity<typeof ApiKey>;
