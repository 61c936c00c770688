import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';

export const wireFormats = ['openai'] as const;
/** Somebody who answers completions. Credentials are sealed by the keyring (AES-256-GCM), in the order to try them. */
export const Provider = defineEntity({
  name: 'Provider',
  tableName: 'providers',
  properties: {
    id: p.string().primary(),
    displayName: p.string(),
    baseUrl: p.text(),
    wireFormat: p.enum(wireFormats).default('openai'),
    sealedCredentials: p.json<string[]>().hidden(),
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
