import { AppError, fieldError } from '../errors.ts';
import type { EditOrder } from '../domain/publishing/publication-changes.ts';
import type { PublicationContentInput } from '../domain/publishing/publication-content.ts';
import type { Work } from '../work/work.ts';
import type { ApiServices } from './api-services.ts';

export type Changes = {
  content?: PublicationContentInput | undefined;
  /** Null leaves the time as it is. */
  at: Date | null;
  grant?: unknown;
  force: boolean;
};

/**
 * Changes of publications by their owners. A draft has no run and is changed in its row; everything else is asked of the
 * run, which alone knows whether it is too late.
 */
export function publicationChange({ publishing, work }: Pick<ApiServices, 'publishing'> & { work: Work }) {
  const { publications } = publishing;

  /** @returns whether it is a draft; for all others there is a run to be asked */
  async function isDraft(userId: string, id: string): Promise<boolean> {
    const publication = await publications.own(userId, id);
    if (publication.state !== 'draft') await work.begin(publication);
    return publication.state === 'draft';
  }

  async function publishDraft(userId: string, id: string, { at, grant, force }: Omit<Changes, 'content'>) {
    if (grant === undefined) throw fieldError('invalid_request', 'grant', 'is needed to publish a draft');
    await publishing.publishDraft(userId, id, { at, grant, force });
    await work.begin(await publications.load(id));
  }

  /** A run that has gone without a word leaves its row for a person to decide. */
  async function asked(id: string, ask: () => Promise<void>): Promise<void> {
    await ask().catch(async (error: unknown) => {
      if (error instanceof AppError && error.details?.['run'] === 'gone') await publishing.abandon(id);
      throw error;
    });
  }

  async function edit(userId: string, id: string, order: EditOrder): Promise<void> {
    const editId = await publishing.keepEdit(userId, id, order);
    await asked(id, () => work.editPublication(id, editId)).catch(async (error: unknown) => {
      await publishing.dropEdit(editId);
      throw error;
    });
  }

  return {
    /** @throws AppError `not_found`, `too_late`, `unprocessable`, `duplicate`, `invalid_request` */
    async change(userId: string, id: string, { content, at, grant, force }: Changes): Promise<void> {
      if (await isDraft(userId, id)) {
        if (content) await publishing.changeDraft(userId, id, content);
        if (at) await publishDraft(userId, id, { at, grant, force });
        return;
      }
      if (at) await publishing.allowTime(userId, id, { at, grant });
      if (content) await edit(userId, id, { content, force });
      if (at) await asked(id, () => work.reschedulePublication(id, at));
    },

    async publishNow(userId: string, id: string, { grant, force }: Pick<Changes, 'grant' | 'force'>): Promise<void> {
      if (await isDraft(userId, id)) await publishDraft(userId, id, { at: null, grant, force });
      else await asked(id, () => work.publishNow(id));
    },

    async retry(userId: string, id: string, order: { grant: unknown; force: boolean }): Promise<void> {
      await publishing.retry(userId, id, order);
      await work.begin(await publications.load(id));
    },

    async cancel(userId: string, id: string): Promise<void> {
      if (await isDraft(userId, id)) await publishing.discardDraft(userId, id);
      else await asked(id, () => work.cancelPublication(id));
    },
  };
}
