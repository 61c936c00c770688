import type { Page } from 'playwright-core';
import { AppError } from '../../../errors.ts';
import { clockSkewMs, lookUntilFound } from '../look-until-found.ts';
import type { Patience } from '../patience.ts';
import { titleOf } from '../plain-title.ts';
import type { PostToSettle, Settlement } from '../platform.ts';
import { visit } from './admin.ts';
import { readPost, readPublished } from './post.ts';

/** By the draft's id where there is one, else by title and time among the account's published posts. */
export const settle = (page: Page, post: PostToSettle, { openMs, pollMs }: Patience): Promise<Settlement> =>
  lookUntilFound(
    async () => {
      const { id: authorId } = await visit(page, '#/posts', openMs);
      return post.draftId === null ? lookByTitle(page, authorId, post) : lookById(page, post.draftId);
    },
    { waitMs: post.waitMs, pollMs },
  );

async function lookById(page: Page, draftId: string): Promise<Settlement> {
  try {
    const { id, status, url } = await readPost(page, draftId);
    if (status === 'published') return { outcome: 'published', postId: id, url };
    if (status === 'draft') return { outcome: 'not_published' };
    // scheduled, sent: not live as meant, and not ours to click again
    return { outcome: 'unknown', reason: `The Ghost post ${id} is "${status}".` };
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return { outcome: 'not_published' };
    throw error;
  }
}

/** Titles are compared here: a filter of Ghost's API refuses one with quotes. */
async function lookByTitle(page: Page, authorId: string, { title, since }: PostToSettle): Promise<Settlement> {
  const posts = await readPublished(page, authorId);
  const isSought = (post: (typeof posts)[number]) =>
    post.title === titleOf(title) && Date.parse(post.published_at ?? '') >= since.getTime() - clockSkewMs;
  const found = posts.find((post) => isSought(post));
  return found ? { outcome: 'published', postId: found.id, url: found.url } : { outcome: 'not_published' };
}
