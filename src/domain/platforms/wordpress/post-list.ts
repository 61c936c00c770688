import type { Page } from 'playwright-core';
import { drift } from '../locate.ts';
import { selectors } from './selectors.ts';
import { visit } from './visit.ts';

/** One page of the account's own published posts, newest first, as the site's post list shows it. Read-only. */
export async function readPostList(page: Page, query: PostListQuery, timeoutMs: number): Promise<PostList> {
  const search = new URLSearchParams({
    post_type: 'post',
    post_status: 'publish',
    author: query.authorId,
    orderby: 'date',
    order: 'desc',
    paged: String(query.pageNumber ?? 1),
    s: query.title === undefined ? '' : searchWords(query.title),
  });
  await visit(page, `wp-admin/edit.php?${search}`, timeoutMs);
  const list = await page.evaluate(readInPage, selectors);
  if (!list) throw drift({ platform: 'wordpress', name: 'postList' });
  return list;
}

export type PostListQuery = { authorId: string; title?: string; pageNumber?: number };

export type PostList = { rows: PostRow[]; pages: number };

/** `titles`: the stored title, and what it reads like. A number is null where its column is not shown. */
export type PostRow = {
  id: string;
  authorId: string;
  titles: string[];
  url: string | null;
  views: string | null;
  comments: string | null;
};

/** To a WordPress search, quotes and a leading minus are operators, and more than nine words are one phrase. */
const searchWords = (title: string): string => (title.match(/[\p{L}\p{N}]+/gu) ?? []).slice(0, 9).join(' ');

/** Runs in the page. The visible title is dressed up (curly quotes, dashes); the stored one stands hidden in each row. */
function readInPage({ postList, viewsColumn, commentsColumn }: typeof selectors): PostList | null {
  const shown = document.querySelector(postList.join(', '));
  if (!shown) return null;
  const list = document.importNode(shown, true);
  // Where the browser has no font for emoji, WordPress' script puts pictures in their place, in hidden text too.
  for (const emoji of list.querySelectorAll('img.emoji')) emoji.replaceWith(emoji.getAttribute('alt') ?? '');
  const rows = [...list.querySelectorAll('tr[id^="post-"]')].map((row) => {
    const textOf = (css: string) => row.querySelector(css)?.textContent?.trim() ?? null;
    const stored = textOf('.hidden .post_title') ?? '';
    const read = new DOMParser().parseFromString(`<textarea>${stored}</textarea>`, 'text/html').body.textContent ?? '';
    return {
      id: row.id.slice('post-'.length),
      authorId: textOf('.hidden .post_author') ?? '',
      titles: [stored, read],
      url: row.querySelector<HTMLAnchorElement>('.row-actions .view a')?.href ?? null,
      views: textOf(viewsColumn.join(', ')),
      // Comments that wait for approval stand in the same cell.
      comments: row.querySelector(commentsColumn.join(', ')) && (textOf('.comment-count-approved') ?? '0'),
    };
  });
  return { rows, pages: Number(document.querySelector('.total-pages')?.textContent?.replaceAll(/\D/gu, '') || 1) };
}
