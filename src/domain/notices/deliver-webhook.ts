import { LockMode } from '@mikro-orm/core';
import { Webhook } from '../../entities/webhook.ts';
import type { DisabledReason } from '../../entities/webhook.ts';
import { WebhookDelivery } from '../../entities/webhook-delivery.ts';
import type { Database, Em } from '../../infra/database.ts';
import type { Keyring } from '../../infra/keyring.ts';
import type { OutboundPost, Posted } from '../../infra/outbound-post.ts';
import { note } from './note-change.ts';
import { signatureHeaders } from './webhook-secret.ts';

export type DeliverOptions = {
  database: Database;
  keyring: Keyring;
  post: OutboundPost;
  now: () => Date;
  /** Waits after the first, the second attempt and so on. */
  retryMs: readonly number[];
  disableAfter: number;
};

/** @param attempt counted from 1 by the caller, so that one that is repeated is not counted twice */
export type DeliveryAttempt = { deliveryId: string; attempt: number };

export type AttemptOutcome = { state: 'delivered' | 'failed' | 'gone' } | { state: 'pending'; waitMs: number };

/** One attempt to deliver: sent when it was not yet recorded, recorded once. */
export function createDeliverWebhook({ database, keyring, post, now, retryMs, disableAfter }: DeliverOptions) {
  return async ({ deliveryId, attempt }: DeliveryAttempt): Promise<AttemptOutcome> => {
    const em = database.em.fork();
    const delivery = await em.findOne(WebhookDelivery, deliveryId);
    const webhook = delivery && (await em.findOne(Webhook, delivery.webhookId));
    if (!delivery || !webhook) return { state: 'gone' };
    if (isRecorded(delivery, attempt)) return outcomeOf(delivery);
    const posted = webhook.enabled || isTest(delivery) ? await send(delivery, webhook) : notSent;
    return database.em.fork().transactional((inner) => record(inner, { deliveryId, attempt, posted }));
  };

  function send({ id, event, payload, createdAt }: WebhookDelivery, webhook: Webhook): Promise<Posted> {
    const at = now();
    const body = JSON.stringify({ type: event, timestamp: createdAt.toISOString(), data: payload });
    return post(webhook.url, { body, headers: signatureHeaders({ id, at, body, secrets: secretsOf(webhook, at) }) });
  }

  function secretsOf({ sealedSecret, sealedOldSecret, oldSecretUntil }: Webhook, at: Date): string[] {
    const isOldGood = sealedOldSecret && oldSecretUntil && oldSecretUntil > at;
    return [sealedSecret, ...(isOldGood ? [sealedOldSecret] : [])].map((sealed) => keyring.openText(sealed));
  }

  type Record = DeliveryAttempt & { posted: Posted };

  async function record(em: Em, { deliveryId, attempt, posted }: Record): Promise<AttemptOutcome> {
    const lock = { lockMode: LockMode.PESSIMISTIC_WRITE };
    const delivery = await em.findOne(WebhookDelivery, deliveryId, lock);
    const webhook = delivery && (await em.findOne(Webhook, delivery.webhookId, lock));
    if (!delivery || !webhook) return { state: 'gone' };
    if (isRecorded(delivery, attempt)) return outcomeOf(delivery);
    const { isDelivered, isPassing, ...facts } = posted;
    const waitMs = isPassing && !isTest(delivery) ? retryMs[attempt - 1] : undefined;
    Object.assign(delivery, facts, { attempts: attempt });
    if (isDelivered) end(delivery, 'delivered');
    else if (waitMs === undefined) end(delivery, 'failed');
    else delivery.nextAttemptAt = new Date(now().getTime() + waitMs * (1 + Math.random() * MOST_JITTER));
    if (!isTest(delivery) && posted !== notSent) judge(em, webhook, delivery);
    return outcomeOf(delivery);
  }

  function end(delivery: WebhookDelivery, state: 'delivered' | 'failed'): void {
    Object.assign(delivery, { state, nextAttemptAt: null, finishedAt: now() });
  }

  /** 410 Gone is a receiver's way to say: never again. */
  function judge(em: Em, webhook: Webhook, { state, statusCode }: WebhookDelivery): void {
    if (state === 'delivered') webhook.consecutiveFailures = 0;
    if (state === 'failed') webhook.consecutiveFailures += 1;
    if (state !== 'failed' || !webhook.enabled) return;
    if (statusCode === GONE) disable(em, webhook, 'gone');
    else if (webhook.consecutiveFailures >= disableAfter) disable(em, webhook, 'failing');
  }

  function disable(em: Em, webhook: Webhook, disabledReason: DisabledReason): void {
    Object.assign(webhook, { enabled: false, disabledReason });
    const payload = { webhook_id: webhook.id, url: new URL(webhook.url).origin, code: disabledReason };
    note(em, { userId: webhook.userId, kind: 'webhook.disabled', subjectId: webhook.id, payload, at: now() });
  }

  /** What the row says: the same answer for an attempt that was recorded and not reported. */
  function outcomeOf({ state, nextAttemptAt }: WebhookDelivery): AttemptOutcome {
    if (state !== 'pending') return { state };
    return { state, waitMs: Math.max(0, (nextAttemptAt ?? now()).getTime() - now().getTime()) };
  }
}

const GONE = 410;
/** Receivers that were away together are not asked again at one moment. */
const MOST_JITTER = 0.1;

const notSent: Posted = {
  isDelivered: false,
  isPassing: false,
  statusCode: null,
  durationMs: null,
  errorMessage: 'The webhook is disabled.',
  responseExcerpt: null,
};

const isTest = ({ event }: WebhookDelivery) => event === 'webhook.test';

const isRecorded = ({ state, attempts }: WebhookDelivery, attempt: number) =>
  state !== 'pending' || attempts >= attempt;
