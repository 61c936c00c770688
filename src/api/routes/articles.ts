import { z } from 'zod';
import { isFinal } from '../../domain/articles/article.policy.ts';
import { articleOrder } from '../../domain/articles/articles.ts';
import { once } from '../../domain/idempotency/idempotency.ts';
import type { Article } from '../../entities/article.ts';
import type { ApiServices } from '../api-services.ts';
import { route } from '../route.ts';
import { id, started, time } from '../schemas.ts';
import { knowsTheEnd, taskEvents } from '../task-events.ts';
import type { Work } from '../../work/work.ts';

type Parts = Pick<ApiServices, 'articles' | 'database' | 'media'> & { work: Work };

export const articleRoutes = ({ articles, database, media, work }: Parts) => [
  route({
    post: '/api/v1/agent/create-article',
    allow: 'user',
    tag: 'articles',
    idempotent: true,
    body: articleOrder,
    reply: { 202: started },
    summary: 'Have an article written: outline, draft, review and a title card.',
    async respond({ user: { userId }, body, idempotencyKey }) {
      const order = { userId, operation: 'create-article', key: idempotencyKey, body };
      const create = async (em: Em) => (await articles.create(em, userId, body)).id;
      const { resourceId: articleId } = await once(database.em.fork(), { ...order, create });
      await work.article({ articleId, userId }); // a replay starts what a crash may have left unstarted
      const { stage } = await articles.get(userId, articleId);
      return {
        status: 202,
        headers: { location: `/api/v1/agent/task/${articleId}` },
        body: { task_id: articleId, status: stage },
      };
    },
  }),
  route({
    get: '/api/v1/agent/task/:id',
    allow: 'user',
    tag: 'articles',
    params: z.object({ id }),
    reply: { 200: articleTask },
    summary: 'How far an article is, and the article itself once it is ready.',
    handle: async ({ user: { userId }, params }) => {
      const article = await articles.get(userId, params.id);
      const { coverMediaId } = article;
      const cover = coverMediaId ? await media.link(userId, coverMediaId, COVER_LINK_SECONDS) : null;
      return { ...progressOf(article), ...contentOf(article), cover_url: cover };
    },
  }),
  route({
    get: '/api/v1/agent/task/:id/events',
    allow: 'user',
    tag: 'articles',
    params: z.object({ id }),
    produces: 'text/event-stream',
    reply: { 200: z.string(), 204: z.void() },
    summary: 'Each change of an article as a server-sent event, until it has ended. `Last-Event-ID` resumes.',
    async respond({ user: { userId }, params, lastEventId }) {
      const read = async () => progressOf(await articles.get(userId, params.id));
      if (knowsTheEnd(await read(), lastEventId)) return { status: 204 };
      return { status: 200, events: taskEvents({ read, lastEventId }) };
    },
  }),
];

type Em = Parameters<ApiServices['articles']['create']>[0];

const COVER_LINK_SECONDS = 3_600;

const articleTask = z.object({
  task_id: z.string(),
  status: z.string(),
  final: z.boolean(),
  title: z.string().nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  topic: z.string(),
  model: z.string(),
  markdown: z.string().nullable(),
  summary: z.string().nullable(),
  tags: z.array(z.string()),
  cover_media_id: z.string().nullable(),
  cover_url: z.url().nullable().describe('good for an hour'),
  created_at: time,
  finished_at: time.nullable(),
});

const progressOf = ({ id: taskId, stage, title, errorCode, errorMessage }: Article) => ({
  task_id: taskId,
  status: stage,
  final: isFinal(stage),
  title: title ?? null,
  error: errorCode ? { code: errorCode, message: errorMessage ?? '' } : null,
});

const contentOf = (article: Article) => ({
  topic: article.topic,
  model: article.modelName,
  markdown: article.markdown ?? null,
  summary: article.summary ?? null,
  tags: article.tags,
  cover_media_id: article.coverMediaId ?? null,
  created_at: article.createdAt,
  finished_at: article.finishedAt ?? null,
});
