import { Notice } from '../../entities/notice.ts';
import type { NoticeKind, NoticePayload } from '../../entities/notice.ts';
import type { LoginReason, Publication, PublicationState } from '../../entities/publication.ts';
import type { Em } from '../../infra/database.ts';

/** Writes with the next flush that a publication is in a new state, so that neither is there without the other. */
export function noteChange(em: Em, publication: Publication, at: Date): void {
  const { id, userId, state, content, platformPostUrl, errorCode, needsLoginReason } = publication;
  const payload = {
    ...about(publication),
    title: content.title,
    url: platformPostUrl ?? null,
    code: withCode.has(state) ? (errorCode ?? null) : null,
    ...(state === 'needs_login' && { reason: needsLoginReason ?? 'expired' }),
  };
  note(em, { userId, kind: `publication.${state}`, subjectId: id, payload, at });
}

/** Says that a person may log in now, and until when: what there is to see or to type is not in it. */
export function noteChallenge(em: Em, publication: Publication, { reason, expiresAt, at }: Challenge): void {
  const { id, userId, content } = publication;
  const payload = { ...about(publication), title: content.title, reason, expires_at: expiresAt.toISOString() };
  note(em, { userId, kind: 'login.challenge', subjectId: id, payload, at });
}

type Challenge = { reason: LoginReason; expiresAt: Date; at: Date };

const about = ({ id, accountId, platform, state }: Publication) => ({
  publication_id: id,
  account_id: accountId,
  platform,
  state,
});

/** In other states the code is of an earlier trouble. */
const withCode: ReadonlySet<PublicationState> = new Set(['failed', 'missed', 'unconfirmed', 'needs_login']);

export type NewNotice = { userId: string; kind: NoticeKind; subjectId: string; payload: NoticePayload; at: Date };

export function note(em: Em, { at, ...notice }: NewNotice): void {
  em.persist(em.create(Notice, { ...notice, createdAt: at }));
}
