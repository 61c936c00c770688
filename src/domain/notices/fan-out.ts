import { LockMode } from '@mikro-orm/core';
import { Notice } from '../../entities/notice.ts';
import { NoticeMail } from '../../entities/notice-mail.ts';
import { Webhook } from '../../entities/webhook.ts';
import { WebhookDelivery } from '../../entities/webhook-delivery.ts';
import type { Database, Em } from '../../infra/database.ts';
import { newId } from '../../infra/ids.ts';
import { waysOfUsers } from './notice-settings.ts';
import type { NoticeWays } from './notice-settings.ts';
import { newDelivery } from './webhook-deliveries.ts';

export type FanOutOptions = { database: Database; now: () => Date; mailIsOn: boolean };

/**
 * Turns new notices into deliveries and e-mails, all in one transaction: a process that dies on the way leaves them as
 * they were. Rows that another process holds are passed over.
 * @returns how many there were, at most `BATCH`
 */
export function createFanOut({ database, now, mailIsOn }: FanOutOptions) {
  return (): Promise<number> =>
    database.em.fork().transactional(async (em) => {
      const lockMode = LockMode.PESSIMISTIC_PARTIAL_WRITE;
      const notices = await em.find(Notice, { dispatchedAt: null }, { orderBy: { id: 'asc' }, limit: BATCH, lockMode });
      const userIds = [...new Set(notices.map(({ userId }) => userId))];
      const waysOf = await waysOfUsers(em, userIds);
      const webhooks = await em.find(Webhook, { userId: { $in: userIds }, enabled: true });
      for (const notice of notices) {
        const ways = waysOf(notice.userId);
        if (mailIsOn && ways.email.includes(notice.kind)) addMail(em, notice, now());
        for (const webhook of wanting(webhooks, notice, ways)) addDelivery(em, { webhook, notice, at: now() });
        notice.dispatchedAt = now();
      }
      return notices.length;
    });
}

export const BATCH = 100;

function wanting(webhooks: readonly Webhook[], { userId, kind }: Notice, ways: NoticeWays): Webhook[] {
  if (!ways.webhooks.includes(kind)) return [];
  return webhooks.filter((webhook) => webhook.userId === userId && (webhook.events?.includes(kind) ?? true));
}

function addMail(em: Em, { id: noticeId, userId }: Notice, createdAt: Date): void {
  em.persist(em.create(NoticeMail, { id: newId('eml'), noticeId, userId, createdAt, attempts: 0 }));
}

function addDelivery(em: Em, { webhook, notice, at }: { webhook: Webhook; notice: Notice; at: Date }): void {
  const { id: noticeId, kind: event } = notice;
  const payload = { notice_id: `${noticeId}`, ...notice.payload };
  em.persist(em.create(WebhookDelivery, { ...newDelivery(at), webhookId: webhook.id, noticeId, event, payload }));
}
