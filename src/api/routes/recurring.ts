import { z } from 'zod';
import { sealedGrantSchema } from '../../domain/credentials/credentials.ts';
import { externalAccountId, platformName } from '../../domain/credentials/envelope-schema.ts';
import { publicationContent } from '../../domain/publishing/publication-content.ts';
import { localTime, recurringSummary, rruleText, zoneName } from '../../domain/schedule/schedule.ts';
import type { ApiServices } from '../api-services.ts';
import type { RecurringWork } from '../../work/recurring-work.ts';
import { route } from '../route.ts';
import { id, limit, pageOf, started } from '../schemas.ts';

type Parts = Pick<ApiServices, 'schedule'> & { recurringWork: RecurringWork };

export const recurringRoutes = ({ schedule: { recurring }, recurringWork }: Parts) => [
  route({
    post: '/api/v1/publish/recurring',
    allow: 'user',
    tag: 'publishing',
    idempotent: true,
    body: order,
    reply: { 202: started },
    summary: 'Publish again and again, by an RRULE. Each occurrence needs a grant of its own, now or later.',
    async respond({ user: { userId }, body, idempotencyKey }) {
      const post = await recurring.create({
        userId,
        platform: body.platform,
        accountId: body.account_id,
        content: body.content,
        rule: { rrule: body.rrule, startsAt: body.starts_at, zone: body.zone },
        grants: grantsOf(body.grants),
        idempotencyKey,
        begin: (made) => recurringWork.begin(made),
      });
      const headers = { location: `/api/v1/publish/recurring/${post.id}` };
      return { status: 202, headers, body: { task_id: post.id, status: post.state } };
    },
  }),
  route({
    get: '/api/v1/publish/recurring',
    allow: 'user',
    tag: 'publishing',
    query: z.strictObject({ limit, cursor }),
    reply: { 200: pageOf(summary) },
    summary: 'My recurring posts, the newest first.',
    handle: async ({ user: { userId }, query }) => {
      const posts = await recurring.list(userId, { limit: query.limit, before: query.cursor });
      const last = posts.length < query.limit ? undefined : posts.at(-1);
      return { data: posts.map(recurringSummary), next_cursor: last?.id ?? null };
    },
  }),
  route({
    get: '/api/v1/publish/recurring/:id',
    allow: 'user',
    tag: 'publishing',
    params: z.object({ id }),
    reply: { 200: view },
    summary: 'One of them, with the coming occurrences and whether each has its grant.',
    handle: ({ user, params }) => recurring.view(user.userId, params.id),
  }),
  route({
    patch: '/api/v1/publish/recurring/:id',
    allow: 'user',
    tag: 'publishing',
    params: z.object({ id }),
    body: change,
    reply: { 200: view },
    summary: 'Pause, resume, change the content of what is to come, or add grants. A pause is not made up for.',
    handle: async ({ user: { userId }, params, body }) => {
      const { status: state, content, grants } = body;
      await recurringWork.changed(
        await recurring.change(userId, params.id, { state, content, grants: grantsOf(grants) }),
      );
      return recurring.view(userId, params.id);
    },
  }),
  route({
    delete: '/api/v1/publish/recurring/:id',
    allow: 'user',
    tag: 'publishing',
    params: z.object({ id }),
    reply: { 200: view },
    summary: 'End it for good. What it has published, or is publishing, stays.',
    handle: async ({ user: { userId }, params }) => {
      await recurringWork.changed(await recurring.end(userId, params.id));
      return recurring.view(userId, params.id);
    },
  }),
];

const cursor = z
  .string()
  .regex(/^rec_[0-9a-z]{26}$/, 'is no `next_cursor` of this list')
  .nullable()
  .default(null);

const grants = z
  .array(z.strictObject({ occurrence: localTime, grant: sealedGrantSchema }))
  .max(100)
  .default([])
  .describe('one for each coming occurrence, which is named by its local time');

const order = z.strictObject({
  platform: platformName,
  account_id: externalAccountId,
  content: publicationContent,
  rrule: rruleText,
  starts_at: localTime.describe('DTSTART: when it begins, on the clocks of `zone`'),
  zone: zoneName,
  grants,
});

const change = z
  .strictObject({
    status: z.enum(['active', 'paused']).optional(),
    content: publicationContent.optional(),
    grants,
  })
  .refine(({ status, content, grants: given }) => status ?? content ?? given[0], 'must change something');

const grantsOf = (given: z.output<typeof grants>) =>
  given.map(({ occurrence, grant }) => ({ occurrence, sealed: grant }));

const summary = z.object({
  id: z.string(),
  platform: z.string(),
  title: z.string(),
  rrule: z.string(),
  starts_at: z.string(),
  zone: z.string(),
  status: z.string(),
  next_at: z.string().nullable(),
  ends_at: z.string(),
  made: z.int(),
  skipped: z.int(),
  note: z.string().nullable(),
  created_at: z.string(),
});

const view = summary.extend({
  content: publicationContent,
  coming: z.array(z.object({ occurrence: z.string(), at: z.string(), has_grant: z.boolean() })),
});
