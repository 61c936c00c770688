import type { Page } from 'playwright-core';
import { AppError } from '../../../errors.ts';
import { capturedAnswer } from '../captured-answer.ts';
import type { Patience } from '../patience.ts';
import { visit } from './admin.ts';
import { part } from './part.ts';
import { readPost, savedPost, savesPost } from './post.ts';
import type { StoredPost } from './post.ts';

/** Opens the editor on a new post. Nothing is saved yet, and it has no id. */
export async function openNewPost(page: Page, patience: Patience): Promise<void> {
  await openEditor(page, '', patience);
  await part(page, 'title', patience.findMs);
}

/**
 * Opens the editor on a post and answers what is stored of it. The editor is not waited for when it is no draft.
 * @throws AppError `conflict` when it is gone
 */
export async function openPost(page: Page, id: string, patience: Patience): Promise<StoredPost> {
  await openEditor(page, id, patience);
  const stored = await readPost(page, id).catch((cause: unknown) => {
    if (!(cause instanceof AppError) || cause.code !== 'not_found') throw cause;
    throw new AppError('conflict', 'The Ghost draft is gone.', { details: { platform: 'ghost', draftId: id }, cause });
  });
  if (stored.status === 'draft') await part(page, 'title', patience.findMs);
  return stored;
}

/** @throws AppError `conflict` when the post is scheduled or sent: not ours to publish again */
export function assertDraft({ id, status, url }: StoredPost): void {
  if (status === 'draft') return;
  throw new AppError('conflict', `The Ghost post is no draft any more, but "${status}".`, {
    details: { platform: 'ghost', draftId: id, status, url },
  });
}

/** Saves what is in the editor, by the keyboard, and answers the post's id. `id` is null before the first save. */
export async function save(page: Page, id: string | null, { answerMs }: Patience): Promise<string> {
  const { posts } = await capturedAnswer(page, {
    act: () => page.keyboard.press('ControlOrMeta+s'),
    isSent: (request) => savesPost(request, id),
    answer: savedPost,
    answerMs,
    to: 'a save in Ghost',
  });
  return posts[0].id;
}

async function openEditor(page: Page, id: string, { openMs }: Patience): Promise<void> {
  const { mayPublish } = await visit(page, `#/editor/post/${id}`, openMs);
  await page.waitForLoadState('load', { timeout: openMs });
  if (mayPublish) return;
  throw new AppError('forbidden', 'This Ghost account may not publish by itself.', { details: { platform: 'ghost' } });
}
