import { z } from 'zod';
import type { Em } from '../../infra/database.ts';

export type Totals = { posts: number; views: number; comments: number };

export type Overview = Totals & {
  /** The post with the most views; null while none has been collected. */
  bestPost: BestPost | null;
  platforms: ({ platform: string } & Totals)[];
};

export async function overviewOf(em: Em, userId: string): Promise<Overview> {
  const platforms = z.array(platformTotals).parse(await em.execute(totalsSql, [userId]));
  const [bestPost = null] = z.array(post).parse(await em.execute(bestSql, [userId]));
  const sum = (name: keyof Totals) => platforms.reduce((total, row) => total + row[name], 0);
  return { posts: sum('posts'), views: sum('views'), comments: sum('comments'), bestPost, platforms };
}

const count = z.coerce.number().int();

const platformTotals = z.object({ platform: z.string(), posts: count, views: count, comments: count });

const post = z.object({
  publicationId: z.string(),
  platform: z.string(),
  title: z.string(),
  url: z.string().nullable(),
  views: count,
  comments: count,
});
type BestPost = z.infer<typeof post>;

const latestSql = `
  from publications p
  left join lateral (
    select views, comments from post_metrics m
    where m.publication_id = p.id order by collected_at desc, id desc limit 1
  ) latest on true
  where p.user_id = ? and p.state = 'published'`;

const totalsSql = `
  select p.platform, count(*) as posts, coalesce(sum(latest.views), 0) as views, coalesce(sum(latest.comments), 0) as comments
  ${latestSql} group by p.platform order by p.platform`;

const bestSql = `
  select p.id as "publicationId", p.platform, p.content->>'title' as title, p.platform_post_url as url,
    latest.views, latest.comments
  ${latestSql} and latest.views is not null order by latest.views desc, p.id limit 1`;
