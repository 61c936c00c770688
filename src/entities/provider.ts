import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';

export const wireFormats = ['openai', 'anthropic', 'comfyui'] as const;
export type WireFormat = (typeof wireFormats)[number];

/**
 * Somebody who serves models. Credentials are sealed by the keyring (AES-256-GCM), in the order to try them. Null timeouts
 * are those of the group or the configuration; `idleTimeoutMs` is the longest silence within a stream.
 */
export const Provider = defineEntity({
  name: 'Provider',
  tableName: 'providers',
  properties: {
    id: p.string().primary(),
    displayName: p.string(),
    description: p.text().nullable(),
    baseUrl: p.text(),
    wireFormat: p.enum(wireFormats).default('openai'),
    sealedCredentials: p.json<string[]>().hidden(),
    headers: p.json<Record<string, string>>().default('{}'),
    timeoutMs: p.integer().nullable(),
    idleTimeoutMs: p.integer().nullable(),
    isDomestic: p.boolean().default(false),
    requestsPerMinute: p.integer().nullable(),
    tokensPerMinute: p.integer().nullable(),
    enabled: p.boolean().default(false),
    updatedAt: p
      .datetime()
      .onCreate(() => new Date())
      .onUpdate(() => new Date()),
  },
});
export type Provider = InferEntity<typeof Provider>;
