import { AppError, fieldError } from '../errors.ts';
import type { ChangeOrder } from '../domain/publishing/publishing.ts';
import type { Work } from '../work/work.ts';
import type { ApiServices } from './api-services.ts';

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

  async function publishDraft(userId: string, id: string, order: ChangeOrder) {
    if (order.grant === undefined) throw fieldError('invalid_request', 'grant', 'is needed to publish a draft');
    await publishing.publishDraft(userId, id, order);
    await work.begin(await publications.load(id));
  }

  /** A run that has gone without a word leaves its row for a person to decide. */
  async function asked(id: string, ask: () => Promise<void>): Promise<void> {
    await ask().catch(async (error: unknown) => {
      if (error instanceof AppError && error.details?.['run'] === 'gone') await publishing.abandon(id);
      throw error;
    });
  }

  /** What is refused leaves nothing behind; what nobody has taken yet may still happen, and stays. */
  async function changeRun(userId: string, id: string, order: ChangeOrder): Promise<void> {
    const kept = await publishing.keepChange(userId, id, order);
    await asked(id, () => work.changePublication(id, kept)).catch(async (error: unknown) => {
      if (error instanceof AppError && error.code !== 'unavailable') await publishing.dropEdit(kept.id);
      throw error;
    });
  }

  return {
    /** @throws AppError `not_found`, `too_late`, `unprocessable`, `duplicate`, `invalid_request` */
    async change(userId: string, id: string, order: ChangeOrder): Promise<void> {
      if (!(await isDraft(userId, id))) return changeRun(userId, id, order);
      if (order.at) await publishDraft(userId, id, order);
      else if (order.content) await publishing.changeDraft(userId, id, order.content);
    },

    async publishNow(
      userId: string,
      id: string,
      { grant, force }: Pick<ChangeOrder, 'grant' | 'force'>,
    ): Promise<void> {
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
