import type { Page } from 'playwright-core';
import { AppError } from '../../../errors.ts';
import type { Patience } from '../patience.ts';
import { readDraft } from './api.ts';
import type { StoredArticle } from './api.ts';
import { part } from './part.ts';
import { visit } from './visit.ts';

/** Opens the editor on a new article, which has no id before its first words are saved. */
export async function openNew(page: Page, { openMs, findMs }: Patience): Promise<void> {
  await visit(page, 'write', openMs);
  await part(page, 'title', findMs);
}

/**
 * Opens the editor on an article and answers what is stored of it. The editor is not waited for when it is no draft.
 * @throws AppError `conflict` when it is gone
 */
export async function openArticle(page: Page, id: string, { openMs, findMs }: Patience): Promise<StoredArticle> {
  await visit(page, `p/${id}/edit`, openMs);
  const stored = await readDraft(page, id).catch((cause: unknown) => {
    if (!(cause instanceof AppError) || cause.code !== 'not_found') throw cause;
    throw new AppError('draft_gone', 'The Zhihu draft is gone.', {
      details: { platform: 'zhihu', draftId: id },
      cause,
    });
  });
  if (stored.state === 'draft') await part(page, 'title', findMs);
  return stored;
}

/** @throws AppError `conflict` when the article is being looked at, or was taken down: not ours to publish again */
export function assertDraft({ id, state }: StoredArticle): void {
  if (state === 'draft') return;
  throw new AppError('conflict', `The Zhihu article is no draft any more, but "${state}".`, {
    details: { platform: 'zhihu', draftId: id, state },
  });
}
