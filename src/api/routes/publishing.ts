import { z } from 'zod';
import { externalAccountId, platformName } from '../../domain/credentials/envelope-schema.ts';
import type { EnabledPlatforms } from '../../domain/platforms/index.ts';
import { publicationContent } from '../../domain/publishing/publication-content.ts';
import type { PublishRequest } from '../../domain/publishing/publishing.ts';
import type { ApiServices } from '../api-services.ts';
import { grantGiven, grantOrSecrets } from '../grant-given.ts';
import { pace, shownPace } from '../pace.ts';
import { route } from '../route.ts';
import type { Answer } from '../route.ts';
import { started, timeWanted, wantedTime } from '../schemas.ts';
import type { Work } from '../../work/work.ts';

type Parts = Pick<ApiServices, 'publishing' | 'credentials'> & { work: Work };

/** What begins a publication. Before the routes of `publications.ts`: `/:target` would take "schedule" for a platform. */
export const publishingRoutes = (parts: Parts) => [
  route({
    post: '/api/v1/publish/schedule',
    allow: 'user',
    tag: 'publishing',
    idempotent: true,
    body: post.extend({ platform: platformName, scheduled_at: wantedTime }),
    reply: { 202: started.extend({ scheduled_at: z.string().nullable() }) },
    summary: 'Publish at a later time.',
    respond: ({ user: { userId }, body, idempotencyKey }) => {
      const { platform, scheduled_at: at, ...rest } = body;
      return start(parts, { userId, platform, scheduledAt: timeWanted(at), idempotencyKey }, rest);
    },
  }),
  route({
    post: '/api/v1/publish/drafts',
    allow: 'user',
    tag: 'publishing',
    body: post
      .omit({ grant: true, sync_key: true, user_password: true, force: true })
      .extend({ platform: platformName }),
    reply: { 201: started },
    summary: 'Keep a draft: published later by `publish-now`, or given a time by `PATCH`.',
    respond: async ({ user: { userId }, body }) => {
      const { platform, account_id: accountId, content } = body;
      const { id, state } = await parts.publishing.createDraft({ userId, platform, accountId, content });
      return { status: 201, headers: locationOf(id), body: { task_id: id, status: state } };
    },
  }),
  route({
    get: '/api/v1/publish/platforms',
    allow: 'user',
    tag: 'publishing',
    reply: { 200: z.object({ data: z.array(platform) }) },
    summary:
      'Where one can publish to, with limits and abilities; what was never tried live is not enabled unless asked for.',
    handle: () => ({ data: parts.publishing.platforms.list().map(shown) }),
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
      start(parts, { userId, platform: params.target, scheduledAt: null, idempotencyKey }, body),
  }),
];

/** Makes the row, then the run; should this process die in between, the sweep starts it. */
async function start(parts: Parts, order: Order, body: z.output<typeof post>): Promise<Answer> {
  const { account_id: accountId, content, force, ...given } = body;
  const { idempotencyKey: _, ...wanted } = { ...order, accountId };
  const granted = await grantGiven(parts, given, wanted);
  const publication = await parts.publishing.create({ ...order, accountId, content, force, ...granted });
  await parts.work.begin(publication);
  const { id, state } = publication;
  const scheduled_at = publication.scheduledAt?.toISOString() ?? null;
  return { status: 202, headers: locationOf(id), body: { task_id: id, status: state, scheduled_at } };
}

const locationOf = (publicationId: string) => ({ location: `/api/v1/publish/status/${publicationId}` });

const post = z.strictObject({
  account_id: externalAccountId,
  content: publicationContent,
  ...grantOrSecrets,
  force: z.boolean().default(false).describe('publishes what the account has already (else 409 `duplicate`)'),
});

type Order = Pick<PublishRequest, 'userId' | 'platform' | 'scheduledAt' | 'idempotencyKey'>;

const platform = z.object({
  id: z.string(),
  name: z.string(),
  self_hosted: z.boolean(),
  enabled: z.boolean().describe('whether this installation publishes there'),
  verified: z.enum(['real', 'fixtures']).describe('`fixtures`: not verified live'),
  limits: z.object({
    title_characters: z.int(),
    title_width: z.int().nullable().describe('in full-width characters, of which a narrow one is half'),
    body_characters: z.int(),
    tags: z.int(),
    images: z.int(),
    images_at_least: z.int(),
  }),
  pace: pace.describe('how fast an account may publish'),
  abilities: z.object({
    drafts: z.boolean(),
    cover: z.boolean(),
    tags: z.boolean(),
    scheduling: z.boolean(),
    analytics: z.boolean(),
    ai_declaration: z.boolean(),
  }),
});

type Listed = ReturnType<EnabledPlatforms['list']>[number];

const shown = ({ isEnabled, description }: Listed) => {
  const { id, name, selfHosted, verified, limits, pace: own, abilities } = description;
  return {
    id,
    name,
    self_hosted: selfHosted,
    enabled: isEnabled,
    verified,
    limits: {
      title_characters: limits.titleCharacters,
      title_width: limits.titleWidth,
      body_characters: limits.bodyCharacters,
      tags: limits.tags,
      images: limits.images,
      images_at_least: limits.imagesAtLeast,
    },
    abilities: {
      drafts: abilities.drafts,
      cover: abilities.cover,
      tags: abilities.tags,
      scheduling: abilities.scheduling,
      analytics: abilities.analytics,
      ai_declaration: abilities.aiDeclaration,
    },
    pace: shownPace(own),
  };
};
