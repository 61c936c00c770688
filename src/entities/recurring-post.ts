import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import { PlatformAccount } from './platform-account.ts';
import type { PublicationContent } from './publication.ts';
import { User } from './user.ts';

export const recurringStates = ['active', 'paused', 'ended'] as const;
export type RecurringState = (typeof recurringStates)[number];

/**
 * A post that is published again and again. What is due up to `doneUntil` has been made, skipped or was never wanted;
 * `nextOccurrence` (local time) and `nextAt` (its instant) are the first after that, absent when nothing is to come.
 */
export const RecurringPost = defineEntity({
  name: 'RecurringPost',
  tableName: 'recurring_posts',
  indexes: [{ properties: ['userId', 'id'] }, { properties: ['accountId', 'state'] }],
  properties: {
    id: p.string().primary(),
    userId: p.manyToOne(User).mapToPk().name('user_id'),
    accountId: p.manyToOne(PlatformAccount).mapToPk().name('account_id').deleteRule('cascade'),
    platform: p.string(),
    content: p.json<PublicationContent>(),
    rrule: p.text(),
    /** Local times of the rule, which never changes. */
    times: p.json<string[]>(),
    startsAt: p.string(),
    zone: p.string(),
    state: p.enum(recurringStates),
    doneUntil: p.datetime(),
    nextOccurrence: p.string().nullable(),
    nextAt: p.datetime().nullable(),
    endsAt: p.datetime(),
    made: p.integer().default(0),
    skipped: p.integer().default(0),
    lastNote: p.text().nullable(),
    createdAt: p.datetime().onCreate(() => new Date()),
    updatedAt: p
      .datetime()
      .onCreate(() => new Date())
      .onUpdate(() => new Date()),
  },
});
export type RecurringPost = InferEntity<typeof RecurringPost>;
