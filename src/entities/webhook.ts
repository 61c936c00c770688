import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import type { NoticeKind } from './notice.ts';
import { User } from './user.ts';

export const disabledReasons = ['owner', 'gone', 'failing'] as const;
export type DisabledReason = (typeof disabledReasons)[number];

/** Where a user's program hears of notices. Secrets are sealed by the keyring; the old one signs too until `oldSecretUntil`. */
export const Webhook = defineEntity({
  name: 'Webhook',
  tableName: 'webhooks',
  indexes: [{ properties: ['userId', 'id'] }],
  properties: {
    id: p.string().primary(),
    userId: p.manyToOne(User).mapToPk().name('user_id'),
    url: p.text(),
    /** Null: all. */
    events: p.json<NoticeKind[]>().nullable(),
    enabled: p.boolean().default(true),
    disabledReason: p.enum(disabledReasons).nullable(),
    /** Deliveries that failed for good since the last one that arrived. */
    consecutiveFailures: p.integer().default(0),
    sealedSecret: p.text().hidden(),
    sealedOldSecret: p.text().nullable().hidden(),
    oldSecretUntil: p.datetime().nullable(),
    createdAt: p.datetime(),
    updatedAt: p
      .datetime()
      .onCreate(() => new Date())
      .onUpdate(() => new Date()),
  },
});
export type Webhook = InferEntity<typeof Webhook>;
