import { z } from 'zod';
import { sealedGrantSchema } from '../../domain/credentials/credentials.ts';
import { externalAccountId, platformName } from '../../domain/credentials/envelope-schema.ts';
import { publicationContent } from '../../domain/publishing/publication-content.ts';
import type { PublishRequest } from '../../domain/publishing/publishing.ts';
import type { ApiServices } from '../api-services.ts';
import { route } from '../route.ts';
import type { Answer } from '../route.ts';
import { id, started } from '../schemas.ts';
import type { Work } from '../work.ts';

type Parts = Pick<ApiServices, 'publishing'> & { work: Work };

export const publishingRoutes = ({ publishing, work }: Parts) => [
  // Before `/:target`, which would take "schedule" for a platform.
  route({
    post: '/api/v1/publish/schedule',
    allow: 'user',
    tag: 'publishing',
    idempotent: true,
    body: post.extend({ platform: platformName, scheduled_at: z.iso.datetime({ offset: true }) }),
    reply: { 202: started },
    summary: 'Publish at a later time.',
    respond: ({ user: { userId }, body, idempotencyKey }) => {
      const { platform, scheduled_at: at, ...rest } = body;
      return start(
        { publishing, work },
        { userId, platform, scheduledAt: new Date(at), idempotencyKey, ...requestOf(rest) },
      );
    },
  }),
  route({
    post: '/api/v1/publish/:target',
    allow: 'user',
    tag: 'publishing',
    idempotent: true,
    params: z.object({ target: platformName.describe('the platform, as `wordpress`') }),
    body: post,
    reply: { 202: started },
    summary: 'Publish to a platform now, with a grant sealed to the browser workers.',
    respond: ({ user: { userId }, params, body, idempotencyKey }) =>
      start(
        { publishing, work },
        { userId, platform: params.target, scheduledAt: null, idempotencyKey, ...requestOf(body) },
      ),
  }),
  route({
    get: '/api/v1/publish/status/:id',
    allow: 'user',
    tag: 'publishing',
    params: z.object({ id }),
    reply: { 200: publicationStatus },
    summary: 'Where a publication stands, its history, and its evidence when something went wrong.',
    handle: ({ user, params }) => publishing.status(user.userId, params.id),
  }),
  route({
    delete: '/api/v1/publish/:target',
    allow: 'user',
    tag: 'publishing',
    params: z.object({ target: id.describe('the publication') }),
    reply: { 200: publicationStatus },
    summary: 'Cancel a publication. Refused (409 `too_late`) once the post is on its way.',
    handle: async ({ user: { userId }, params }) => {
      const { id: publicationId } = await publishing.publications.own(userId, params.target);
      await work.cancelPublication(publicationId);
      return publishing.status(userId, publicationId);
    },
  }),
];

/** Makes the row, then the run; a replay starts what a crash may have left unstarted. */
async function start({ publishing, work }: Parts, request: PublishRequest): Promise<Answer> {
  const { id: publicationId, accountId, platform, scheduledAt, state } = await publishing.create(request);
  const { userId } = request;
  await work.publication({ publicationId, userId, accountId, platform, dueAt: scheduledAt ?? null });
  return {
    status: 202,
    headers: { location: `/api/v1/publish/status/${publicationId}` },
    body: { task_id: publicationId, status: state },
  };
}

const post = z.strictObject({
  account_id: externalAccountId,
  content: publicationContent,
  grant: sealedGrantSchema,
});

const requestOf = ({ account_id: accountId, content, grant }: z.output<typeof post>) => ({ accountId, content, grant });

const publicationStatus = z.object({
  task_id: z.string(),
  platform: z.string(),
  title: z.string(),
  status: z.string(),
  final: z.boolean(),
  scheduled_at: z.string().nullable(),
  published_at: z.string().nullable(),
  platform_post_id: z.string().nullable(),
  platform_post_url: z.string().nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  history: z.array(z.object({ status: z.string(), note: z.string(), at: z.string() })).readonly(),
  evidence: z.array(z.string()).readonly().describe('links, good for an hour'),
  created_at: z.string(),
});
