import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import { User } from './user.ts';

export const accountHealths = ['active', 'needs_login', 'cooling_down', 'disabled'] as const;
export type AccountHealth = (typeof accountHealths)[number];

/** Local times of each weekday, as `09:00`, on the clocks of an IANA zone. */
export type PostingSlots = {
  zone: string;
  weekdays: Record<'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday', string[]>;
};

/** What its owner wants of an account: slower than its platform asks for, never faster. */
export type OwnPace = { minGapMs: number; perDay: number | null; jitterMs: number };

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
    pace: p.json<OwnPace>().nullable(),
    health: p.enum(accountHealths).default('active'),
    /** The end of the last cool-down, also when it is over. */
    healthUntil: p.datetime().nullable(),
    /** The name of the signal that the last cool-down answered. */
    healthReason: p.string().nullable(),
    /** How many cool-downs there were in a row. */
    coolDowns: p.integer().default(0),
    /** The publication whose turn it is. */
    turnPublicationId: p.string().nullable(),
    turnSince: p.datetime().nullable(),
    createdAt: p.datetime().onCreate(() => new Date()),
  },
});
export type PlatformAccount = InferEntity<typeof PlatformAccount>;
