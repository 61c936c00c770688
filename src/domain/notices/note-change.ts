import { Notice } from '../../entities/notice.ts';
import type { NoticeKind, NoticePayload } from '../../entities/notice.ts';
import type { Publication, PublicationState } from '../../entities/publication.ts';
import type { Em } from '../../infra/database.ts';

/** Writes with the next flush that a publication is in a new state, so that neither is there without the other. */
export function noteChange(em: Em, publication: Publication, at: Date): void {
  const { id, userId, accountId, platform, state, content, platformPostUrl, errorCode } = publication;
  const payload = {
    publication_id: id,
    account_id: accountId,
    platform,
    state,
    title: content.title,
    url: platformPostUrl ?? null,
    code: withCode.has(state) ? (errorCode ?? null) : null,
  };
  note(em, { userId, kind: `publication.${state}`, subjectId: id, payload, at });
}

/** In other states the code is of an earlier trouble. */
const withCode: ReadonlySet<PublicationState> = new Set(['failed', 'missed', 'unconfirmed', 'needs_login']);

export type NewNotice = { userId: string; kind: NoticeKind; subjectId: string; payload: NoticePayload; at: Date };

export function note(em: Em, { at, ...notice }: NewNotice): void {
  em.persist(em.create(Notice, { ...notice, createdAt: at }));
}
