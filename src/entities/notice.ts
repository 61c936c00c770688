import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import { publicationStates } from './publication.ts';
import { User } from './user.ts';

export const noticeKinds = [
  ...publicationStates.map((state) => `publication.${state}` as const),
  'login.challenge',
  'account.cooling_down',
  'webhook.disabled',
] as const;
export type NoticeKind = (typeof noticeKinds)[number];

/** Ids, states, codes and a title: no secret, and nothing else of what somebody wrote. */
export type NoticePayload = Record<string, string | null>;

/**
 * Something that a user is to be told: the outbox of the events stream, of webhooks and of e-mail. The database gives the
 * ids of one user's notices at commit, in the order in which they become visible: who has seen an id has seen all below.
 */
export const Notice = defineEntity({
  name: 'Notice',
  tableName: 'notices',
  indexes: [{ properties: ['userId', 'id'] }],
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    userId: p.manyToOne(User).mapToPk().name('user_id'),
    kind: p.enum(noticeKinds),
    /** What it is about: a publication, a webhook. */
    subjectId: p.string(),
    payload: p.json<NoticePayload>(),
    createdAt: p.datetime(),
    readAt: p.datetime().nullable(),
    /** When it became deliveries and e-mails, if any were wanted. */
    dispatchedAt: p.datetime().nullable(),
  },
});
export type Notice = InferEntity<typeof Notice>;
