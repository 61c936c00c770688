import { setTimeout as wait } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { z } from 'zod';
import { AppError } from '../../../errors.ts';
import { capturedAnswer } from '../captured-answer.ts';
import type { Patience } from '../patience.ts';
import type { DraftToCommit, PublishedPost } from '../platform.ts';
import { readAccountId } from './api.ts';
import { assertDraft, openArticle } from './editor.ts';
import { asPublished, readPublicPage } from './public-page.ts';
import { publishButton } from './publish-control.ts';

/** Says that it is about to click, clicks once, reads zhihu's own answer, and then the page that everybody sees. */
export async function commit(page: Page, draft: DraftToCommit<string>, patience: Patience): Promise<PublishedPost> {
  const { draftId: id } = draft;
  const stored = await openArticle(page, id, patience);
  const accountId = await readAccountId(page);
  if (stored.state === 'published') return live(page, { id, accountId }, patience);
  assertDraft(stored);
  const button = await publishButton(page, patience);
  await draft.aboutToClick();
  await capturedAnswer(page, {
    act: () => button.click({ timeout: patience.findMs, noWaitAfter: true }),
    isSent: (request) => request.method() === 'PUT' && publishes(request.url(), id),
    answer: z.null(),
    byStatus: true,
    answerMs: patience.answerMs,
    to: 'the publish click in Zhihu',
  });
  // The page goes there by itself, and a visit of ours would cross it.
  await page.waitForURL(`**/p/${id}`, { timeout: patience.findMs, waitUntil: 'commit' }).catch(() => undefined);
  return live(page, { id, accountId }, patience);
}

const publishes = (url: string, id: string): boolean => new URL(url).pathname.endsWith(`/api/articles/${id}/publish`);

/** @throws AppError `upstream_timeout` when it is not public in time: somebody looks at it, or took it down */
async function live(page: Page, { id, accountId }: Sought, { openMs, answerMs, pollMs }: Patience) {
  for (const end = Date.now() + answerMs; ; await wait(pollMs)) {
    const article = await readPublicPage(page, id, openMs);
    if (article) return asPublished(article, accountId);
    if (Date.now() < end) continue;
    const details = { platform: 'zhihu', draftId: id };
    throw new AppError('upstream_timeout', 'Zhihu took the article and does not show it yet.', { details });
  }
}

type Sought = { id: string; accountId: string };
