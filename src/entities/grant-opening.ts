import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import { grantPurposes } from './grant.ts';
import { PlatformAccount } from './platform-account.ts';

/** That a browser worker opened somebody's credentials: when, by which grant, and what for. Kept after the grant is gone. */
export const GrantOpening = defineEntity({
  name: 'GrantOpening',
  tableName: 'grant_openings',
  indexes: [{ properties: ['accountId', 'id'] }],
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    grantId: p.string(),
    accountId: p.manyToOne(PlatformAccount).mapToPk().name('account_id'),
    purpose: p.enum(grantPurposes),
    publicationId: p.string().nullable(),
    openedBy: p.string(),
    at: p.datetime(),
  },
});
export type GrantOpening = InferEntity<typeof GrantOpening>;
