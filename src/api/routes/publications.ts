import { z } from 'zod';
import { sealedGrantSchema } from '../../domain/credentials/credentials.ts';
import { externalAccountId, platformName } from '../../domain/credentials/envelope-schema.ts';
import { publicationContent } from '../../domain/publishing/publication-content.ts';
import {
  aiDeclarations,
  evidenceKinds,
  evidencePhases,
  loginReasons,
  publicationStates,
} from '../../domain/publishing/publishing.ts';
import type { ApiServices } from '../api-services.ts';
import { publicationChange } from '../publication-change.ts';
import { route } from '../route.ts';
import { cursor, id, limit, pageOf, timeWanted, wantedTime } from '../schemas.ts';
import type { Work } from '../../work/work.ts';

type Parts = Pick<ApiServices, 'publishing'> & { work: Work };

/** Publications that there are: what became of them, and what their owner may still change. */
export const publicationRoutes = ({ publishing, work }: Parts) => {
  const change = publicationChange({ publishing, work });
  return [
    route({
      get: '/api/v1/publish',
      allow: 'user',
      tag: 'publishing',
      query: filter,
      reply: { 200: pageOf(publication) },
      summary: 'My publications, newest first.',
      handle: async ({ user, query }) => {
        const { publications, nextCursor } = await publishing.list(user.userId, filterOf(query));
        return { data: publications.map((one) => publishing.shown(one)), next_cursor: nextCursor };
      },
    }),
    route({
      get: '/api/v1/publish/status/:id',
      allow: 'user',
      tag: 'publishing',
      params: z.object({ id }),
      reply: { 200: publicationStatus },
      summary: 'Where a publication stands, its history, and the evidence of what its browser saw and did.',
      handle: ({ user, params }) => publishing.status(user.userId, params.id),
    }),
    route({
      patch: '/api/v1/publish/:target',
      ...ofOne,
      body: changes,
      summary: 'Edit a publication, or move its time. Refused (409 `too_late`) once the post is on its way.',
      handle: async ({ user: { userId }, params: { target }, body }) => {
        const at = body.scheduled_at === undefined ? null : timeWanted(body.scheduled_at);
        await change.change(userId, target, { content: body.content, at, grant: body.grant, force: body.force });
        return publishing.status(userId, target);
      },
    }),
    route({
      post: '/api/v1/publish/:target/publish-now',
      ...ofOne,
      body: now,
      summary: 'Publish a scheduled publication, or a draft (with its grant), at once.',
      handle: async ({ user: { userId }, params: { target }, body }) => {
        await change.publishNow(userId, target, body);
        return publishing.status(userId, target);
      },
    }),
    route({
      post: '/api/v1/publish/:target/retry',
      ...ofOne,
      body: z.strictObject({ grant: sealedGrantSchema, force: z.boolean().default(false) }),
      summary: 'Try a failed or missed publication again.',
      handle: async ({ user: { userId }, params: { target }, body }) => {
        await change.retry(userId, target, body);
        return publishing.status(userId, target);
      },
    }),
    route({
      post: '/api/v1/publish/:target/resolve',
      ...ofOne,
      body: verdict,
      summary: 'Say of an unconfirmed publication whether it is on the platform.',
      handle: async ({ user: { userId }, params: { target }, body }) => {
        const { published, platform_post_id: postId, platform_post_url: url } = body;
        await publishing.resolve(userId, target, published ? { published, postId, url } : { published });
        return publishing.status(userId, target);
      },
    }),
    route({
      delete: '/api/v1/publish/:target',
      ...ofOne,
      summary: 'Cancel a publication. Refused (409 `too_late`) once the post is on its way.',
      handle: async ({ user: { userId }, params: { target } }) => {
        await change.cancel(userId, target);
        return publishing.status(userId, target);
      },
    }),
  ];
};

export const publication = z.object({
  task_id: z.string(),
  platform: z.string(),
  title: z.string(),
  status: z.string(),
  final: z.boolean(),
  scheduled_at: z.string().nullable(),
  published_at: z.string().nullable(),
  platform_post_id: z.string().nullable(),
  platform_post_url: z.string().nullable(),
  needs_login_reason: z.enum(loginReasons).nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  created_at: z.string(),
});

export const shownEvidence = z.object({
  kind: z.enum(evidenceKinds),
  phase: z.enum(evidencePhases).nullable(),
  at: z.string(),
  expires_at: z.string().describe('when it is deleted'),
  url: z.string().describe('good for an hour'),
});

const publicationStatus = publication.extend({
  ai_declaration: z
    .enum(aiDeclarations)
    .nullable()
    .describe('whether the platform was told that the content was made with AI; null when it was not, or not yet'),
  history: z.array(z.object({ status: z.string(), note: z.string(), at: z.string() })).readonly(),
  evidence: z.array(shownEvidence).readonly().describe('in the order in which it was seen'),
});

const ofOne = {
  allow: 'user',
  tag: 'publishing',
  params: z.object({ target: id.describe('the publication') }),
  reply: { 200: publicationStatus },
} as const;

const time = z.iso.datetime({ offset: true });

const filter = z.strictObject({
  status: z.enum(publicationStates).optional(),
  platform: platformName.optional(),
  account_id: externalAccountId.optional(),
  scheduled_from: time.optional().describe('included'),
  scheduled_to: time.optional().describe('not included'),
  limit,
  cursor,
});

const filterOf = (query: z.output<typeof filter>) => ({
  status: query.status,
  platform: query.platform,
  accountId: query.account_id,
  scheduledFrom: query.scheduled_from === undefined ? undefined : new Date(query.scheduled_from),
  scheduledTo: query.scheduled_to === undefined ? undefined : new Date(query.scheduled_to),
  limit: query.limit,
  cursor: query.cursor,
});

const changes = z
  .strictObject({
    content: publicationContent.optional(),
    scheduled_at: wantedTime.optional(),
    grant: sealedGrantSchema
      .optional()
      .describe('for a draft that is given a time, and for a time after the old one ends; kept only with the change'),
    force: z.boolean().default(false).describe('also what the account has already'),
  })
  .refine(({ content, scheduled_at: at }) => content !== undefined || at !== undefined, {
    message: 'content or scheduled_at is needed',
  });

const now = z.strictObject({
  grant: sealedGrantSchema.optional().describe('for a draft'),
  force: z.boolean().default(false).describe('of a draft: also what the account has already'),
});

const verdict = z.strictObject({
  published: z.boolean(),
  platform_post_id: z.string().min(1).max(255).nullable().default(null),
  platform_post_url: z.httpUrl().max(2_000).nullable().default(null),
});
