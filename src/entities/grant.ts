import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import { PlatformAccount } from './platform-account.ts';
import { Publication } from './publication.ts';
import { RecurringPost } from './recurring-post.ts';

export const grantPurposes = ['publication', 'analytics'] as const;
export type GrantPurpose = (typeof grantPurposes)[number];

/**
 * Leave to open one account's credentials, sealed to the browser workers' public key and bound to what it is for:
 * one publication, one occurrence of a recurring post until it becomes a publication, or the analytics of the account until it
 * expires.
 */
export const Grant = defineEntity({
  name: 'Grant',
  tableName: 'grants',
  properties: {
    id: p.string().primary(),
    accountId: p.manyToOne(PlatformAccount).mapToPk().name('account_id').index(),
    publicationId: p.manyToOne(Publication).mapToPk().name('publication_id').nullable().index(),
    recurringPostId: p
      .manyToOne(RecurringPost)
      .mapToPk()
      .name('recurring_post_id')
      .deleteRule('cascade')
      .nullable()
      .index(),
    /** Local time of the occurrence. */
    occurrence: p.string().nullable(),
    purpose: p.enum(grantPurposes),
    sealed: p.json<Record<string, unknown>>(),
    expiresAt: p.datetime(),
    createdAt: p.datetime().onCreate(() => new Date()),
  },
});
export type Grant = InferEntity<typeof Grant>;
