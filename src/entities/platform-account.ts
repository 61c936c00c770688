import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import { User } from './user.ts';

export const accountHealths = ['active', 'needs_login', 'disabled'] as const;
export type AccountHealth = (typeof accountHealths)[number];

/** Local times of each weekday, as `09:00`, on the clocks of an IANA zone. */
export type PostingSlots = {
  zone: string;
  weekdays: Record<'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday', string[]>;
};

/**
 * A user's account on one platform. `externalId` is the name that the desktop app gives it (`account_id` in the API);
 * `siteUrl` is set for platforms that everybody hosts themselves, as WordPress.
 */
export const PlatformAccount = defineEntity({
  name: 'PlatformAccount',
  tableName: 'platform_accounts',
  uniques: [{ properties: ['userId', 'platform', 'externalId'] }],
  properties: {
    id: p.string().primary(),
    userId: p.manyToOne(User).mapToPk().name('user_id'),
    platform: p.string(),
    externalId: p.string(),
    siteUrl: p.text().nullable(),
    postingSlots: p.json<PostingSlots>().nullable(),
    /** URL of the proxy that its pages are asked through, sealed under the keyring. */
    sealedProxy: p.text().nullable(),
    health: p.enum(accountHealths).default('active'),
    createdAt: p.datetime().onCreate(() => new Date()),
  },
});
export type PlatformAccount = InferEntity<typeof PlatformAccount>;
