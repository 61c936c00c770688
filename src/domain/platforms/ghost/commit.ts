import type { Locator, Page } from 'playwright-core';
import type { z } from 'zod';
import { AppError } from '../../../errors.ts';
import { capturedAnswer } from '../captured-answer.ts';
import type { Patience } from '../patience.ts';
import type { DraftToCommit, PublishedPost } from '../platform.ts';
import { assertDraft, leftWith, openPost, readDraft } from './editor.ts';
import { savedPost, savesPost, statusSent } from './post.ts';
import type { StoredPost } from './post.ts';
import { confirmButton } from './publish-flow.ts';

/** Goes to the last button, says that it is about to click, clicks once and reads Ghost's own answer. */
export async function commit(page: Page, draft: DraftToCommit<string>, patience: Patience): Promise<PublishedPost> {
  const opened = (await stillOpen(page, draft.draftId, patience)) ?? (await openedAnew(page, draft.draftId, patience));
  const { stored, confirm } = opened;
  if (!confirm) return { postId: stored.id, url: stored.url };
  await draft.aboutToClick();
  return publishedPost(
    await capturedAnswer(page, {
      // The button pulses for ever, and Playwright would wait until it is still.
      act: () => confirm.click({ force: true, timeout: patience.findMs }),
      isSent: (request) => savesPost(request, stored.id) && statusSent(request) !== 'draft',
      answer: savedPost,
      answerMs: patience.answerMs,
      to: 'the publish click in Ghost',
    }),
  );
}

/** `confirm`: the last button; null for a post that is published already. */
type AtConfirm = { stored: StoredPost; confirm: Locator | null };

/** Reads the draft once more while it goes through the questions. Null when the page is not left with it as it is stored. */
async function stillOpen(page: Page, draftId: string, patience: Patience): Promise<AtConfirm | null> {
  const updatedAt = await leftWith(page, draftId);
  if (updatedAt === null) return null;
  // Both to their end: neither must press on in what comes next.
  const [read, asked] = await Promise.allSettled([readDraft(page, draftId), confirmButton(page, patience)]);
  if (read.status === 'rejected') throw read.reason;
  const stored = read.value;
  if (stored.updated_at !== updatedAt || stored.status !== 'draft') return null;
  if (asked.status === 'rejected') throw asked.reason;
  return { stored, confirm: asked.value };
}

async function openedAnew(page: Page, draftId: string, patience: Patience): Promise<AtConfirm> {
  const stored = await openPost(page, draftId, patience);
  if (stored.status === 'published') return { stored, confirm: null };
  assertDraft(stored);
  return { stored, confirm: await confirmButton(page, patience) };
}

function publishedPost({ posts: [{ id, url, status }] }: z.infer<typeof savedPost>): PublishedPost {
  if (status === 'published') return { postId: id, url };
  throw new AppError('upstream_rejected', `Ghost did not publish the post but made it "${status}".`, {
    details: { platform: 'ghost', draftId: id, status },
  });
}
