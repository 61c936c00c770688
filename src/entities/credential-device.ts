import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import { PlatformAccount } from './platform-account.ts';

/** A device that has stored an account's credentials, and the last version that came from it. */
export const CredentialDevice = defineEntity({
  name: 'CredentialDevice',
  tableName: 'credential_devices',
  properties: {
    accountId: p.manyToOne(PlatformAccount).mapToPk().name('account_id').primary(),
    deviceId: p.string().primary(),
    firstAt: p.datetime(),
    lastAt: p.datetime(),
    lastVersion: p.integer(),
  },
});
export type CredentialDevice = InferEntity<typeof CredentialDevice>;
