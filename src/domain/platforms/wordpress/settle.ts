import { setTimeout as wait } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { AppError } from '../../../errors.ts';
import type { PostToSettle, Settlement } from '../platform.ts';
import type { Patience } from './patience.ts';
import { readAccountId, readPost } from './post.ts';
import type { StoredPost } from './post.ts';
import { readPostList } from './post-list.ts';
import { titleOf } from './prepare.ts';
import { visit } from './visit.ts';

/**
 * Looks until the post is found or `waitMs` are over: a request that was under way when its browser died may still be
 * carried out, so one look that finds nothing proves nothing.
 */
export async function settle(page: Page, post: PostToSettle, patience: Patience): Promise<Settlement> {
  const end = Date.now() + post.waitMs;
  for (;;) {
    const seen = await look(page, post, patience);
    if (seen.outcome === 'published' || Date.now() >= end) return seen;
    await wait(Math.max(0, Math.min(patience.pollMs, end - Date.now())));
  }
}

async function look(page: Page, post: PostToSettle, { openMs }: Patience): Promise<Settlement> {
  try {
    return post.draftId === null ? await lookByTitle(page, post, openMs) : await lookById(page, post.draftId, openMs);
  } catch (error) {
    // A logged-out account is its owner's business and ends the look; anything else may be better the next time.
    if (error instanceof AppError && error.code === 'needs_login') throw error;
    return { outcome: 'unknown', reason: error instanceof Error ? error.message : String(error) };
  }
}

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

/** The site's clock and ours may differ, and WordPress drops the fraction of a second. */
const clockSkewMs = 5 * 60_000;
