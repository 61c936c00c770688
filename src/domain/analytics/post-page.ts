import { z } from 'zod';
import { AppError } from '../../errors.ts';
import type { Em } from '../../infra/database.ts';

export type PostPage = { posts: PostRow[]; nextCursor: string | null };

/** @throws AppError `invalid_request` when the cursor is not one of ours */
export async function pageOfPosts(em: Em, userId: string, { limit, cursor }: Page): Promise<PostPage> {
  const found = await em.execute(pageSql, [userId, cursor === null ? null : idOf(cursor), limit + 1]);
  const rows = z.array(postRow).parse(found);
  const posts = rows.slice(0, limit);
  return { posts, nextCursor: rows.length > limit ? (posts.at(-1)?.publicationId ?? null) : null };
}

type Page = { limit: number; cursor: string | null };

const count = z.number().int();

const postRow = z.object({
  publicationId: z.string(),
  accountId: z.string(),
  platform: z.string(),
  title: z.string(),
  url: z.string().nullable(),
  publishedAt: z.coerce.date().nullable(),
  /** Numbers are zero, and `collectedAt` null, until the first collection. */
  views: count,
  comments: count,
  viewsGrowth: count,
  commentsGrowth: count,
  collectedAt: z.coerce.date().nullable(),
});
export type PostRow = z.infer<typeof postRow>;

// Ids sort by the time they were made, so the last id of a page is where the next one starts. Growth is against the
// collection before the latest; a first collection has nothing to have grown from.
const pageSql = `
  select p.id as "publicationId", p.account_id as "accountId", p.platform, p.content->>'title' as title,
    p.platform_post_url as url, p.published_at as "publishedAt",
    coalesce(latest.views, 0) as views, coalesce(latest.comments, 0) as comments,
    coalesce(latest.views - earlier.views, 0) as "viewsGrowth",
    coalesce(latest.comments - earlier.comments, 0) as "commentsGrowth",
    latest.collected_at as "collectedAt"
  from publications p
  left join lateral (
    select id, views, comments, collected_at from post_metrics m
    where m.publication_id = p.id order by collected_at desc, id desc limit 1
  ) latest on true
  left join lateral (
    select views, comments from post_metrics m
    where m.publication_id = p.id order by collected_at desc, id desc offset 1 limit 1
  ) earlier on true
  where p.user_id = ? and p.state = 'published' and p.id < coalesce(?, '~')
  order by p.id desc limit ?`;

function idOf(cursor: string): string {
  if (/^pub_[0-9a-z]+$/.test(cursor)) return cursor;
  throw new AppError('invalid_request', 'cursor must be the next_cursor of an earlier page.', {
    details: { field: 'cursor' },
  });
}
