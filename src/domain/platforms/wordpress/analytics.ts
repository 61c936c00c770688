import type { Page } from 'playwright-core';
import { drift } from '../locate.ts';
import type { PostNumbers } from '../platform.ts';
import type { Patience } from '../patience.ts';
import { readAccountId } from './post.ts';
import { readPostList } from './post-list.ts';
import type { PostRow } from './post-list.ts';
import { visit } from './visit.ts';

/**
 * Views and comments from the account's own post list, page by page until every post is found.
 * @throws AppError `selector_drift` when the list has no column that counts views: a zero would be a lie
 */
export async function fetchAnalytics(
  page: Page,
  postIds: readonly string[],
  { openMs }: Patience,
): Promise<PostNumbers[]> {
  const wanted = new Set(postIds);
  const numbers: PostNumbers[] = [];
  if (wanted.size === 0) return numbers;
  await visit(page, 'wp-admin/edit.php', openMs);
  const authorId = await readAccountId(page);
  for (let pageNumber = 1, pages = 1; pageNumber <= Math.min(pages, maxPages) && wanted.size > 0; pageNumber += 1) {
    const list = await readPostList(page, { authorId, pageNumber }, openMs);
    pages = list.pages;
    const found = list.rows.filter(({ id }) => wanted.delete(id));
    numbers.push(...found.map((row) => numbersOf(row)));
  }
  return numbers;
}

/** A guard against a list that never ends: 2,000 posts with WordPress' own page length of 20. */
const maxPages = 100;

function numbersOf({ id, views, comments }: PostRow): PostNumbers {
  if (views === null) throw drift({ platform: 'wordpress', name: 'viewsColumn' });
  return { postId: id, views: countOf(views), comments: countOf(comments ?? '0') };
}

/** "1,234", "1.234" and "1 234" are one number in three languages; a column that says "–" counted nothing yet. */
const countOf = (text: string): number => Number(text.replaceAll(/\D/gu, '') || 0);
