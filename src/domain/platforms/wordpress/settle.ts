import type { Page } from 'playwright-core';
import { AppError } from '../../../errors.ts';
import { clockSkewMs, lookUntilFound } from '../look-until-found.ts';
import { titleOf } from '../plain-title.ts';
import type { PostToSettle, Settlement } from '../platform.ts';
import type { Patience } from '../patience.ts';
import { readAccountId, readPost } from './post.ts';
import type { StoredPost } from './post.ts';
import { readPostList } from './post-list.ts';
import { visit } from './visit.ts';

/** By the draft's id where there is one, else by title and time among the account's published posts. */
export const settle = (page: Page, post: PostToSettle, { openMs, pollMs }: Patience): Promise<Settlement> =>
  lookUntilFound(
    () => (post.draftId === null ? lookByTitle(page, post, openMs) : lookById(page, post.draftId, openMs)),
    { waitMs: post.waitMs, pollMs },
  );

async function lookById(page: Page, draftId: string, openMs: number): Promise<Settlement> {
  await visit(page, 'wp-admin/edit.php', openMs);
  try {
    return settlementOf(await readPost(page, draftId));
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return { outcome: 'not_published' };
    throw error;
  }
}

async function lookByTitle(page: Page, { title, since }: PostToSettle, openMs: number): Promise<Settlement> {
  await visit(page, 'wp-admin/edit.php', openMs);
  const authorId = await readAccountId(page);
  const { rows } = await readPostList(page, { authorId, title }, openMs);
  for (const row of rows) {
    if (row.authorId !== authorId || !row.titles.includes(titleOf(title))) continue;
    const post = await readPost(page, row.id); // the list shows the site's local time, and no zone
    if (publishedAtMs(post) >= since.getTime() - clockSkewMs) return settlementOf(post);
  }
  return { outcome: 'not_published' };
}

function settlementOf({ id, status, link }: StoredPost): Settlement {
  switch (status) {
    case 'publish':
      return { outcome: 'published', postId: id, url: link };
    case 'draft':
    case 'auto-draft':
      return { outcome: 'not_published' };
    default: // pending, future, private, trash: not live as meant, and not ours to click again
      return { outcome: 'unknown', reason: `The WordPress post ${id} is "${status}".` };
  }
}

const publishedAtMs = ({ date_gmt }: StoredPost): number => (date_gmt === null ? 0 : Date.parse(`${date_gmt}Z`));
