import type { Page } from 'playwright-core';
import type { Patience } from '../patience.ts';
import type { PostNumbers } from '../platform.ts';
import { readNumbers } from './api.ts';
import { visit } from './visit.ts';

/** Views and comments from the creator's own numbers, page by page until every article is found. */
export async function fetchAnalytics(
  page: Page,
  postIds: readonly string[],
  { openMs }: Patience,
): Promise<PostNumbers[]> {
  const wanted = new Set(postIds);
  const numbers: PostNumbers[] = [];
  if (wanted.size === 0) return numbers;
  await visit(page, 'creator', openMs);
  for (let offset = 0, isEnd = false; !isEnd && wanted.size > 0 && offset < mostArticles;) {
    const { data, paging } = await readNumbers(page, offset);
    const found = data.filter(({ content_token: id }) => wanted.delete(id));
    numbers.push(
      ...found.map(({ content_token: postId, pv: views, comment: comments }) => ({ postId, views, comments })),
    );
    offset += data.length;
    isEnd = paging.is_end || data.length === 0;
  }
  return numbers;
}

/** A guard against a list that never ends. */
const mostArticles = 2_000;
