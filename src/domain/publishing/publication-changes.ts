import { LockMode } from '@mikro-orm/core';
import { PublicationEdit } from '../../entities/publication-edit.ts';
import { PlatformAccount } from '../../entities/platform-account.ts';
import { Publication } from '../../entities/publication.ts';
import { PublicationEvent } from '../../entities/publication-event.ts';
import { AppError, fieldError } from '../../errors.ts';
import type { Database, Em } from '../../infra/database.ts';
import { newId } from '../../infra/ids.ts';
import type { Credentials } from '../credentials/credentials.ts';
import { noteChange } from '../notices/notices.ts';
import { contentDigest } from './content-digest.ts';
import { refuseDuplicate } from './duplicates.ts';
import { refuseDisabled, timeOf } from './new-publications.ts';
import type { WantedTime } from './new-publications.ts';
import type { CheckContent, PublicationContentInput } from './publication-content.ts';
import { isFinal } from './publication.policy.ts';
import type { Publications } from './publications.ts';

export type ChangeParts = {
  database: Database;
  credentials: Credentials;
  publications: Publications;
  checkedContent: CheckContent;
  now: () => Date;
  duplicateMs: number;
};

/**
 * Changes of publications. Those of a draft are made here; of all others only their run knows whether it is too late, so
 * what is wanted is kept, and written when the run says so.
 */
export function createPublicationChanges(parts: ChangeParts) {
  const { database, credentials, publications, checkedContent, now, duplicateMs } = parts;
  return {
    /**
     * Keeps what is wanted for the run to take, with its time and its grant; a posting slot is taken at once.
     * @throws AppError `not_found`, `unprocessable`, `duplicate`, `invalid_request`, `too_late` for one that has ended
     */
    async keepChange(userId: string, publicationId: string, order: ChangeOrder): Promise<KeptChange> {
      const publication = await publications.own(userId, publicationId);
      const { accountId, platform, state } = publication;
      if (isFinal(state)) throw new AppError('too_late', 'It has ended already.');
      return database.em.fork().transactional(async (em) => {
        const { content, force } = order;
        const stored = content ? await checkedContent(em, { userId, platform, content }) : null;
        const asked = { accountId, since: duplicatesSince(), except: publicationId };
        if (stored && !force) await refuseDuplicate(em, { ...asked, content: stored });
        const scheduledAt = await timeOf(em, { accountId, wanted: order.at, now: now() });
        const grant = await grantOf(em, { publication, sealed: order.grant, at: scheduledAt });
        const id = newId('edt');
        em.create(PublicationEdit, { id, publicationId, content: stored, scheduledAt, grant, createdAt: now() });
        return { id, at: scheduledAt, hasContent: stored !== null };
      });
    },

    dropEdit: (editId: string) => database.em.fork().nativeDelete(PublicationEdit, { id: editId }),

    /** Content, time and grant are the change's from now on. Doing it again changes nothing. */
    async applyEdit(publicationId: string, editId: string): Promise<void> {
      await changed(publicationId, async (em, publication) => {
        const edit = await em.findOne(PublicationEdit, { id: editId, publicationId });
        if (!edit) return; // applied before
        const { userId, accountId } = publication;
        if (edit.content) setContent(publication, edit.content);
        if (edit.scheduledAt) publication.scheduledAt = edit.scheduledAt;
        if (edit.grant) await credentials.keepChecked(em, { userId, accountId, publicationId, sealed: edit.grant });
        const words = [edit.content && 'edited', edit.scheduledAt && `moved to ${edit.scheduledAt.toISOString()}`];
        noted(em, publication, words.filter(Boolean).join(', ') || 'has a new grant');
        em.remove(edit);
      });
    },

    /** @param at null is at once */
    async moveTime(publicationId: string, at: Date | null): Promise<void> {
      await changed(publicationId, async (em, publication) => {
        const to = at ?? now();
        if (publication.scheduledAt?.getTime() === to.getTime()) return;
        publication.scheduledAt = to;
        noted(em, publication, at ? `moved to ${to.toISOString()}` : 'to be published at once');
      });
    },

    /** @throws AppError `not_found`, `unprocessable`, `conflict` for one that is no draft any more */
    async changeDraft(userId: string, publicationId: string, content: PublicationContentInput): Promise<void> {
      await publications.own(userId, publicationId);
      await changed(publicationId, async (em, draft) => {
        refuseUnlessDraft(draft);
        setContent(draft, await checkedContent(em, { userId, platform: draft.platform, content }));
        noted(em, draft, 'edited');
      });
    },

    /** @throws AppError `not_found`, `conflict` for one that is no draft any more */
    async discardDraft(userId: string, publicationId: string): Promise<void> {
      await publications.own(userId, publicationId);
      await changed(publicationId, async (em, draft) => {
        refuseUnlessDraft(draft);
        draft.state = 'cancelled';
        noted(em, draft, 'the draft was thrown away');
        noteChange(em, draft, now());
      });
    },

    /**
     * Makes a draft a publication, with its last edit if there is one. Its run is for the caller to start.
     * @param order.at null is at once
     * @throws AppError `not_found`, `conflict`, `duplicate`, `invalid_request` for a grant or a time that cannot be
     */
    async publishDraft(userId: string, publicationId: string, { content, at, grant, force }: ChangeOrder) {
      await publications.own(userId, publicationId);
      await changed(publicationId, async (em, draft) => {
        refuseUnlessDraft(draft);
        const { accountId, platform } = draft;
        refuseDisabled(await em.findOneOrFail(PlatformAccount, accountId));
        if (content) setContent(draft, await checkedContent(em, { userId, platform, content }));
        const question = { accountId, content: draft.content, since: duplicatesSince(), except: publicationId };
        if (!force) await refuseDuplicate(em, question);
        draft.scheduledAt = await timeOf(em, { accountId, wanted: at, now: now() });
        draft.state = draft.scheduledAt ? 'scheduled' : 'queued';
        noted(em, draft, 'no draft any more');
        noteChange(em, draft, now());
        const neededAt = draft.scheduledAt ?? undefined;
        await credentials.addGrant(em, { userId, accountId, publicationId, sealed: grant, neededAt });
      });
    },
  };

  /** @throws AppError `invalid_request` for one that does not last, and where the present one does not */
  async function grantOf(em: Em, { publication, sealed, at }: GrantWanted) {
    const { id: publicationId, userId, accountId } = publication;
    const due = at ?? publication.scheduledAt;
    const neededAt = due && due > now() ? due : undefined;
    if (sealed !== undefined) return credentials.checkGrant(em, { userId, accountId, publicationId, sealed, neededAt });
    if (at && !(await credentials.hasGrant(publicationId, at)))
      throw fieldError('invalid_request', 'scheduled_at', 'is after the end of the grant: send a new one');
    return null;
  }

  function duplicatesSince(): Date {
    return new Date(now().getTime() - duplicateMs);
  }

  async function changed(id: string, change: (em: Em, row: Publication) => Promise<void>): Promise<void> {
    await database.em.fork().transactional(async (em) => {
      await change(em, await em.findOneOrFail(Publication, id, { lockMode: LockMode.PESSIMISTIC_WRITE }));
    });
  }

  function noted(em: Em, { id: publicationId, state }: Publication, note: string): void {
    em.create(PublicationEvent, { publicationId, state, note, at: now() });
  }
}

export type ChangeOrder = {
  content?: PublicationContentInput | undefined;
  /** Null leaves the time as it is; of a draft it is at once. */
  at: WantedTime | null;
  grant?: unknown;
  force: boolean;
};

/** A change that waits for its run: the time is the one that it gets, a slot looked up. */
export type KeptChange = { id: string; at: Date | null; hasContent: boolean };

type GrantWanted = { publication: Publication; sealed: unknown; at: Date | null };

function setContent(publication: Publication, content: Publication['content']): void {
  publication.content = content;
  publication.contentDigest = contentDigest(content);
}

function refuseUnlessDraft({ state }: Publication): void {
  if (state !== 'draft') throw new AppError('conflict', 'It is no draft any more.');
}
