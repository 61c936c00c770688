import { z } from 'zod';
import { deliveryStates, disabledReasons, noticeKinds, webhookEvents } from '../../domain/notices/notices.ts';
import type { Webhook, WebhookDelivery } from '../../domain/notices/notices.ts';
import type { ApiServices } from '../api-services.ts';
import { route } from '../route.ts';
import { cursor, id, limit, noFilter, pageOf, time } from '../schemas.ts';

export const webhookRoutes = ({ notices: { webhooks, deliveries } }: Pick<ApiServices, 'notices'>) => [
  route({
    post: '/api/v1/webhooks',
    allow: 'user',
    tag: 'webhooks',
    body: newWebhook,
    reply: { 201: withSecret },
    summary:
      'Send my notices to a URL, signed by Standard Webhooks with a secret that is in this answer and nowhere else.',
    handle: async ({ user, body }) => secretView(await webhooks.create(user.userId, body)),
  }),
  route({
    get: '/api/v1/webhooks',
    allow: 'user',
    tag: 'webhooks',
    query: z.strictObject({ limit, cursor }),
    reply: { 200: pageOf(shownWebhook) },
    summary: 'My webhooks, newest first.',
    handle: async ({ user, query }) => {
      const page = await webhooks.list(user.userId, query);
      return { data: page.rows.map(webhookView), next_cursor: page.nextCursor };
    },
  }),
  route({
    get: '/api/v1/webhooks/:id',
    allow: 'user',
    tag: 'webhooks',
    params: z.object({ id }),
    query: noFilter,
    reply: { 200: shownWebhook },
    summary: 'One of my webhooks.',
    handle: async ({ user, params }) => webhookView(await webhooks.get(user.userId, params.id)),
  }),
  route({
    patch: '/api/v1/webhooks/:id',
    allow: 'user',
    tag: 'webhooks',
    params: z.object({ id }),
    body: z.strictObject({ url: url.optional(), events: events.optional(), enabled: z.boolean().optional() }),
    reply: { 200: shownWebhook },
    summary: 'Change a webhook. What is absent stays. Enabling begins to count failures anew.',
    handle: async ({ user, params, body }) => webhookView(await webhooks.change(user.userId, params.id, body)),
  }),
  route({
    delete: '/api/v1/webhooks/:id',
    allow: 'user',
    tag: 'webhooks',
    params: z.object({ id }),
    reply: { 204: z.void() },
    summary: 'Delete a webhook with its log. What is under way to it ends.',
    handle: ({ user, params }) => webhooks.remove(user.userId, params.id),
  }),
  route({
    post: '/api/v1/webhooks/:id/rotate-secret',
    allow: 'user',
    tag: 'webhooks',
    params: z.object({ id }),
    reply: { 200: withSecret },
    summary: 'A new secret, shown only here. For a day deliveries carry the signatures of both.',
    handle: async ({ user, params }) => secretView(await webhooks.rotateSecret(user.userId, params.id)),
  }),
  route({
    post: '/api/v1/webhooks/:id/test',
    allow: 'user',
    tag: 'webhooks',
    params: z.object({ id }),
    reply: { 202: shownDelivery },
    summary: 'Send a `webhook.test`, once and within seconds, also to a disabled webhook. The log has its outcome.',
    respond: async ({ user: { userId }, params: { id: webhookId } }) => ({
      status: 202,
      headers: { location: `/api/v1/webhooks/${webhookId}/deliveries` },
      body: deliveryView(await deliveries.test({ userId, webhookId })),
    }),
  }),
  route({
    get: '/api/v1/webhooks/:id/deliveries',
    allow: 'user',
    tag: 'webhooks',
    params: z.object({ id }),
    query: z.strictObject({ limit, cursor }),
    reply: { 200: pageOf(shownDelivery) },
    summary: 'What was sent to a webhook, newest first, each event with the outcome of its last attempt.',
    handle: async ({ user: { userId }, params: { id: webhookId }, query }) => {
      const page = await deliveries.list({ userId, webhookId }, query);
      return { data: page.rows.map(deliveryView), next_cursor: page.nextCursor };
    },
  }),
];

const url = z.string().min(1).max(2_000).describe('https, or http; not within a private network');
const events = z.array(z.enum(noticeKinds)).min(1).max(noticeKinds.length).nullable().describe('null: all');

const newWebhook = z.strictObject({ url, events: events.default(null), enabled: z.boolean().default(true) });

const shownWebhook = z.object({
  id: z.string(),
  url: z.string(),
  events: z.array(z.enum(noticeKinds)).nullable(),
  enabled: z.boolean(),
  disabled_reason: z
    .enum(disabledReasons)
    .nullable()
    .describe('`gone`: it answered 410; `failing`: too many deliveries failed in a row'),
  old_secret_until: time.nullable().describe('until then the secret before this one signs too'),
  created_at: time,
});

const withSecret = shownWebhook.extend({ secret: z.string().describe('`whsec_…`; keep it') });

const shownDelivery = z.object({
  id: z.string().describe('is the header `webhook-id` of each of its attempts'),
  event: z.enum(webhookEvents),
  notice_id: z.int().nullable(),
  state: z.enum(deliveryStates),
  attempts: z.int(),
  status_code: z.int().nullable(),
  duration_ms: z.int().nullable(),
  error: z.string().nullable(),
  response_excerpt: z.string().nullable().describe('at most 500 characters'),
  next_attempt_at: time.nullable(),
  created_at: time,
  finished_at: time.nullable(),
});

const webhookView = (webhook: Webhook) => ({
  id: webhook.id,
  url: webhook.url,
  events: webhook.events ?? null,
  enabled: webhook.enabled,
  disabled_reason: webhook.disabledReason ?? null,
  old_secret_until: webhook.oldSecretUntil ?? null,
  created_at: webhook.createdAt,
});

const secretView = ({ webhook, secret }: { webhook: Webhook; secret: string }) => ({
  ...webhookView(webhook),
  secret,
});

const deliveryView = (delivery: WebhookDelivery) => ({
  id: delivery.id,
  event: delivery.event,
  notice_id: delivery.noticeId ?? null,
  state: delivery.state,
  attempts: delivery.attempts,
  status_code: delivery.statusCode ?? null,
  duration_ms: delivery.durationMs ?? null,
  error: delivery.errorMessage ?? null,
  response_excerpt: delivery.responseExcerpt ?? null,
  next_attempt_at: delivery.nextAttemptAt ?? null,
  created_at: delivery.createdAt,
  finished_at: delivery.finishedAt ?? null,
});
