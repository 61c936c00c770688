import type { Page } from 'playwright-core';
import { AppError } from '../../../errors.ts';
import { lookUntilFound } from '../look-until-found.ts';
import type { Patience } from '../patience.ts';
import type { PostToSettle, Settlement } from '../platform.ts';
import { readAccountId, readDraft } from './api.ts';
import { asPublished, readPublicPage } from './public-page.ts';
import { visit } from './visit.ts';

/** By the draft's id, on the page that everybody sees; when there is none, the draft tells what it is. */
export const settle = (page: Page, post: PostToSettle, { openMs, pollMs }: Patience): Promise<Settlement> =>
  lookUntilFound(() => look(page, post.draftId, openMs), { waitMs: post.waitMs, pollMs });

async function look(page: Page, draftId: string | null, openMs: number): Promise<Settlement> {
  await visit(page, 'creator', openMs); // tells whether the account is logged in, as a public page does not
  const accountId = await readAccountId(page);
  if (draftId === null) return { outcome: 'unknown', reason: 'No Zhihu draft is known.' };
  try {
    const { state } = await readDraft(page, draftId);
    if (state === 'draft') return { outcome: 'not_published' };
    const article = await readPublicPage(page, draftId, openMs);
    if (article) return { outcome: 'published', ...asPublished(article, accountId) };
    return { outcome: 'unknown', reason: `Zhihu has the article ${draftId} and does not show it: "${state}".` };
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return { outcome: 'not_published' };
    throw error;
  }
}
