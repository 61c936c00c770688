import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import { PlatformAccount } from './platform-account.ts';

/** An account's login state as the client encrypted it, twice; nothing on the server can read it. See docs/credentials.md. */
export const Credential = defineEntity({
  name: 'Credential',
  tableName: 'credentials',
  properties: {
    accountId: p.manyToOne(PlatformAccount).mapToPk().name('account_id').primary(),
    envelope: p.json<Record<string, unknown>>(),
    version: p.integer(),
    createdDevice: p.string(),
    updatedDevice: p.string(),
    createdAt: p.datetime().onCreate(() => new Date()),
    updatedAt: p.datetime(),
  },
});
export type Credential = InferEntity<typeof Credential>;
