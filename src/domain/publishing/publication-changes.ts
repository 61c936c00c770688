import { LockMode } from '@mikro-orm/core';
import { PublicationEdit } from '../../entities/publication-edit.ts';
import { Publication } from '../../entities/publication.ts';
import { PublicationEvent } from '../../entities/publication-event.ts';
import { AppError, fieldError } from '../../errors.ts';
import type { Database, Em } from '../../infra/database.ts';
import { newId } from '../../infra/ids.ts';
import type { Credentials } from '../credentials/credentials.ts';
import { noteChange } from '../notices/notices.ts';
import { contentDigest } from './content-digest.ts';
import { refuseDuplicate } from './duplicates.ts';
import { refusePast } from './new-publications.ts';
import { checkedContent } from './publication-content.ts';
import type { PublicationContentInput } from './publication-content.ts';
import { isFinal } from './publication.policy.ts';
import type { Publications } from './publications.ts';

export type ChangeParts = {
  database: Database;
  credentials: Credentials;
  publications: Publications;
  now: () => Date;
  duplicateMs: number;
};

/**
 * Changes of publications. Those of a draft are made here; of all others only their run knows whether it is too late, so
 * what is wanted is kept, and written when the run says so.
 */
export function createPublicationChanges({ database, credentials, publications, now, duplicateMs }: ChangeParts) {
  return {
    /** @throws AppError `not_found`, `unprocessable`, `duplicate`, `too_late` for one that has ended @returns id for `applyEdit` */
    async keepEdit(userId: string, publicationId: string, { content, force }: EditOrder): Promise<string> {
      const { accountId, platform, state } = await publications.own(userId, publicationId);
      if (isFinal(state)) throw new AppError('too_late', 'It has ended already.');
      const id = newId('edt');
      await database.em.fork().transactional(async (em) => {
        const stored = await checkedContent(em, { userId, platform, content });
        const question = { accountId, content: stored, since: duplicatesSince(), except: publicationId };
        if (!force) await refuseDuplicate(em, question);
        em.create(PublicationEdit, { id, publicationId, content: stored, createdAt: now() });
      });
      return id;
    },

    dropEdit: (editId: string) => database.em.fork().nativeDelete(PublicationEdit, { id: editId }),

    /** The content is the edit's from now on. Doing it again changes nothing. */
    async applyEdit(publicationId: string, editId: string): Promise<void> {
      await changed(publicationId, async (em, publication) => {
        const edit = await em.findOne(PublicationEdit, { id: editId, publicationId });
        if (!edit) return; // applied before
        setContent(publication, edit.content);
        noted(em, publication, 'edited');
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

    /**
     * Sees to it that a publication can be moved to a time: that it is to come, and that there is a grant which lasts.
     * @throws AppError `not_found`, `invalid_request`
     */
    async allowTime(
      userId: string,
      publicationId: string,
      { at, grant }: { at: Date; grant?: unknown },
    ): Promise<void> {
      const { accountId, state } = await publications.own(userId, publicationId);
      if (isFinal(state)) throw new AppError('too_late', 'It has ended already.');
      refusePast(at, now());
      if (grant !== undefined) {
        const sealed = { userId, accountId, publicationId, sealed: grant, neededAt: at };
        await database.em.fork().transactional((em) => credentials.addGrant(em, sealed));
      } else if (!(await credentials.hasGrant(publicationId, at)))
        throw fieldError('invalid_request', 'scheduled_at', 'is after the end of the grant: send a new one');
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
     * Makes a draft a publication. Its run is for the caller to start.
     * @param order.at null is at once
     * @throws AppError `not_found`, `conflict`, `duplicate`, `invalid_request` for a grant or a time that cannot be
     */
    async publishDraft(userId: string, publicationId: string, { at, grant, force }: DraftOrder): Promise<void> {
      await publications.own(userId, publicationId);
      refusePast(at, now());
      await changed(publicationId, async (em, draft) => {
        refuseUnlessDraft(draft);
        const { accountId, content } = draft;
        const question = { accountId, content, since: duplicatesSince(), except: publicationId };
        if (!force) await refuseDuplicate(em, question);
        draft.state = at ? 'scheduled' : 'queued';
        draft.scheduledAt = at;
        noted(em, draft, 'no draft any more');
        noteChange(em, draft, now());
        const neededAt = at ?? undefined;
        await credentials.addGrant(em, { userId, accountId, publicationId, sealed: grant, neededAt });
      });
    },
  };

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

export type EditOrder = { content: PublicationContentInput; force: boolean };

export type DraftOrder = { at: Date | null; grant: unknown; force: boolean };

function setContent(publication: Publication, content: Publication['content']): void {
  publication.content = content;
  publication.contentDigest = contentDigest(content);
}

function refuseUnlessDraft({ state }: Publication): void {
  if (state !== 'draft') throw new AppError('conflict', 'It is no draft any more.');
}
