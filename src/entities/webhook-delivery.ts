import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import { noticeKinds } from './notice.ts';
import type { NoticePayload } from './notice.ts';
import { Webhook } from './webhook.ts';

export const webhookEvents = [...noticeKinds, 'webhook.test'] as const;
export type WebhookEvent = (typeof webhookEvents)[number];

export const deliveryStates = ['pending', 'delivered', 'failed'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** One event to one webhook, with the outcome of its last attempt. */
export const WebhookDelivery = defineEntity({
  name: 'WebhookDelivery',
  tableName: 'webhook_deliveries',
  indexes: [{ properties: ['webhookId', 'id'] }],
  uniques: [{ properties: ['webhookId', 'noticeId'] }],
  properties: {
    id: p.string().primary(),
    webhookId: p.manyToOne(Webhook).mapToPk().name('webhook_id'),
    /** Null: a test. */
    noticeId: p.bigint('number').nullable(),
    event: p.enum(webhookEvents),
    payload: p.json<NoticePayload>(),
    state: p.enum(deliveryStates).default('pending'),
    attempts: p.integer().default(0),
    statusCode: p.integer().nullable(),
    durationMs: p.integer().nullable(),
    errorMessage: p.text().nullable(),
    /** The beginning of what the receiver answered. */
    responseExcerpt: p.text().nullable(),
    nextAttemptAt: p.datetime().nullable(),
    createdAt: p.datetime(),
    /** When its workflow was started. */
    startedAt: p.datetime().nullable(),
    finishedAt: p.datetime().nullable(),
  },
});
export type WebhookDelivery = InferEntity<typeof WebhookDelivery>;
