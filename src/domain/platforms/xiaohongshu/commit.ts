import type { Page } from 'playwright-core';
import { z } from 'zod';
import { AppError } from '../../../errors.ts';
import type { Patience } from '../patience.ts';
import type { DraftToCommit, PublishedPost } from '../platform.ts';
import { sentOnce } from '../sent-once.ts';
import { missingIn } from './filled-page.ts';
import { publishButton } from './publish-button.ts';
import { noteUrl } from './visit.ts';

/** Sees that the page is the one that was filled, says that it is about to click, clicks once and reads the answer. */
export async function commit(page: Page, draft: DraftToCommit<null>, patience: Patience): Promise<PublishedPost> {
  await assertStillFilled(page, draft);
  const { x, y } = await publishButton(page, patience);
  await draft.aboutToClick();
  const { data } = await sentOnce(page, {
    act: () => page.mouse.click(x, y),
    answer: createdNote,
    answerMs: patience.answerMs,
    to: 'the publish click in Xiaohongshu',
  });
  const url = noteUrl(page, data.id);
  await hasLeft(page);
  return { postId: data.id, url };
}

/** It goes to its congratulation by itself, and would overtake whoever opens another page before. */
async function hasLeft(page: Page): Promise<void> {
  await page
    .waitForURL(({ pathname }) => !isEditor(pathname), { timeout: SOON_MS, waitUntil: 'commit' })
    .catch(() => undefined);
}

const isEditor = (address: string) => address.includes('/publish/publish');
const SOON_MS = 3_000;

/** Whatever went on in the page since it was filled: a note that is not ours is not published. */
async function assertStillFilled(page: Page, { content }: DraftToCommit<null>): Promise<void> {
  const details = { platform: 'xiaohongshu' };
  const isThere = isEditor(page.url());
  const missing = content && isThere ? await missingIn(page, content) : ['page'];
  if (missing.length === 0) return;
  throw new AppError('conflict', `The note that was filled in is not in the page any more: ${missing.join(', ')}.`, {
    details,
  });
}

const createdNote = z.object({ success: z.literal(true), data: z.object({ id: z.string().regex(/^[0-9a-f]{24}$/) }) });
