import type { Page } from 'playwright-core';
import type { z } from 'zod';
import { AppError } from '../../../errors.ts';
import { capturedAnswer } from '../captured-answer.ts';
import type { Patience } from '../patience.ts';
import type { DraftToCommit, PublishedPost } from '../platform.ts';
import { assertDraft, leftPost, openPost } from './editor.ts';
import { savedPost, savesPost, statusSent } from './post.ts';
import { confirmButton } from './publish-flow.ts';

/** Goes to the last button, says that it is about to click, clicks once and reads Ghost's own answer. */
export async function commit(page: Page, draft: DraftToCommit<string>, patience: Patience): Promise<PublishedPost> {
  const stored = (await leftPost(page, draft.draftId)) ?? (await openPost(page, draft.draftId, patience));
  if (stored.status === 'published') return { postId: stored.id, url: stored.url };
  assertDraft(stored);
  const button = await confirmButton(page, patience);
  await draft.aboutToClick();
  return publishedPost(
    await capturedAnswer(page, {
      // The button pulses for ever, and Playwright would wait until it is still.
      act: () => button.click({ force: true, timeout: patience.findMs }),
      isSent: (request) => savesPost(request, stored.id) && statusSent(request) !== 'draft',
      answer: savedPost,
      answerMs: patience.answerMs,
      to: 'the publish click in Ghost',
    }),
  );
}

function publishedPost({ posts: [{ id, url, status }] }: z.infer<typeof savedPost>): PublishedPost {
  if (status === 'published') return { postId: id, url };
  throw new AppError('upstream_rejected', `Ghost did not publish the post but made it "${status}".`, {
    details: { platform: 'ghost', draftId: id, status },
  });
}
