import { z } from 'zod';
import type { PostRow } from '../../domain/analytics/analytics.ts';
import { externalAccountId, platformName } from '../../domain/credentials/envelope-schema.ts';
import type { ApiServices } from '../api-services.ts';
import { route } from '../route.ts';
import { cursor, limit, pageOf, started, time } from '../schemas.ts';
import type { Work } from '../../work/work.ts';

type Parts = Pick<ApiServices, 'analytics' | 'publishing'> & { work: Work };

export const analyticsRoutes = ({ analytics, publishing, work }: Parts) => [
  route({
    post: '/api/v1/analytics/collect',
    allow: 'user',
    tag: 'analytics',
    idempotent: true,
    body: z.strictObject({ platform: platformName, account_id: externalAccountId }),
    reply: { 202: started },
    summary: 'Collect the numbers of one account now, under its grant for analytics.',
    async respond({ user: { userId }, body, idempotencyKey }) {
      const account = await publishing.ownAccount({ userId, platform: body.platform, accountId: body.account_id });
      const collectionId = await analytics.orderCollection({ userId, accountId: account.id, idempotencyKey });
      await work.collection({ collectionId, accountId: account.id, userId });
      const headers = { location: '/api/v1/analytics/posts' };
      return { status: 202, headers, body: { task_id: collectionId, status: 'collecting' } };
    },
  }),
  route({
    get: '/api/v1/analytics/posts',
    allow: 'user',
    tag: 'analytics',
    query: z.object({ limit, cursor }),
    reply: { 200: pageOf(post) },
    summary: 'My posts, newest first, with their latest numbers.',
    handle: async ({ user, query }) => {
      const { posts, nextCursor } = await analytics.posts(user.userId, query);
      return { data: posts.map(postView), next_cursor: nextCursor };
    },
  }),
  route({
    get: '/api/v1/analytics/overview',
    allow: 'user',
    tag: 'analytics',
    reply: { 200: overview },
    summary: 'My latest numbers, added up.',
    handle: async ({ user }) => {
      const { bestPost, ...totals } = await analytics.overview(user.userId);
      if (!bestPost) return { ...totals, best_post: null };
      const { publicationId, ...best } = bestPost;
      return { ...totals, best_post: { publication_id: publicationId, ...best } };
    },
  }),
];

const numbers = { views: z.int(), comments: z.int() };

const post = z.object({
  publication_id: z.string(),
  platform: z.string(),
  title: z.string(),
  url: z.string().nullable(),
  published_at: time.nullable(),
  ...numbers,
  views_growth: z.int().describe('since the collection before'),
  comments_growth: z.int(),
  collected_at: time.nullable().describe('null until the first collection'),
});

const overview = z.object({
  posts: z.int(),
  ...numbers,
  best_post: z
    .object({
      publication_id: z.string(),
      platform: z.string(),
      title: z.string(),
      url: z.string().nullable(),
      ...numbers,
    })
    .nullable(),
  platforms: z.array(z.object({ platform: z.string(), posts: z.int(), ...numbers })),
});

const postView = (row: PostRow) => ({
  publication_id: row.publicationId,
  platform: row.platform,
  title: row.title,
  url: row.url,
  published_at: row.publishedAt,
  views: row.views,
  comments: row.comments,
  views_growth: row.viewsGrowth,
  comments_growth: row.commentsGrowth,
  collected_at: row.collectedAt,
});
