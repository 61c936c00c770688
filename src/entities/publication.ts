import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import { PlatformAccount } from './platform-account.ts';
import { User } from './user.ts';

export const publicationStates = [
  'draft',
  'scheduled',
  'queued',
  'publishing',
  'settling',
  'published',
  'failed',
  'missed',
  'unconfirmed',
  'needs_login',
  'cancelled',
] as const;
export type PublicationState = (typeof publicationStates)[number];

/** Why an account has to log in again before this goes on. */
export const loginReasons = ['expired', 'no_grant', 'qr', 'sms_code', 'captcha', 'phone_confirmation'] as const;
export type LoginReason = (typeof loginReasons)[number];

export type PublicationContent = {
  title: string;
  markdown: string;
  tags: string[];
  coverMediaId: string | null;
  aiGenerated: boolean;
};

/** What became of saying that a post was made with AI: `not_available` where the platform has no place for it. */
export const aiDeclarations = ['declared', 'not_available'] as const;
export type AiDeclaration = (typeof aiDeclarations)[number];

/**
 * One article to one account. `commitStartedAt` is written before the one click that publishes: while it is null, nothing
 * can have been published; from then on only the platform knows. Each try to commit has its `commitRound`, and a worker
 * that comes back late with an older round may no longer click.
 */
export const Publication = defineEntity({
  name: 'Publication',
  tableName: 'publications',
  indexes: [
    { properties: ['userId', 'createdAt'] },
    { properties: ['accountId', 'state'] },
    { properties: ['accountId', 'contentDigest'] },
    { name: 'publications_turn', properties: ['accountId', 'turnDueAt'] },
    { name: 'publications_committed', properties: ['accountId', 'commitStartedAt'] },
  ],
  properties: {
    id: p.string().primary(),
    userId: p.manyToOne(User).mapToPk().name('user_id'),
    accountId: p.manyToOne(PlatformAccount).mapToPk().name('account_id'),
    platform: p.string(),
    state: p.enum(publicationStates),
    content: p.json<PublicationContent>(),
    /** Equal for what readers would take for the same post. */
    contentDigest: p.string().nullable(),
    /** Names those that were asked for together. */
    batchId: p.string().nullable().index(),
    /** Null while no run follows the row. */
    runStartedAt: p.datetime().nullable(),
    /** The run that follows it. */
    runId: p.string().nullable(),
    scheduledAt: p.datetime().nullable(),
    /** Since when it waits for, or holds, its account's turn. */
    turnAskedAt: p.datetime().nullable(),
    /** The earliest due is the first in the account's queue. */
    turnDueAt: p.datetime().nullable(),
    platformDraftId: p.string().nullable(),
    commitRound: p.integer().default(1),
    commitStartedAt: p.datetime().nullable(),
    platformPostId: p.string().nullable(),
    platformPostUrl: p.text().nullable(),
    publishedAt: p.datetime().nullable(),
    /** Null for what people made, and before it was filled in. */
    aiDeclaration: p.enum(aiDeclarations).nullable(),
    errorCode: p.string().nullable(),
    errorMessage: p.text().nullable(),
    /** Of the last `needs_login`. */
    needsLoginReason: p.enum(loginReasons).nullable(),
    createdAt: p.datetime().onCreate(() => new Date()),
    updatedAt: p
      .datetime()
      .onCreate(() => new Date())
      .onUpdate(() => new Date()),
  },
});
export type Publication = InferEntity<typeof Publication>;
