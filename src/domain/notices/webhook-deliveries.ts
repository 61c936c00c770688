import { LockMode } from '@mikro-orm/core';
import { Webhook } from '../../entities/webhook.ts';
import { WebhookDelivery } from '../../entities/webhook-delivery.ts';
import { AppError } from '../../errors.ts';
import type { Database, Em } from '../../infra/database.ts';
import { newId } from '../../infra/ids.ts';
import { pageBelow } from './page-below.ts';
import type { Page, PageWanted } from './page-below.ts';

type OfUser = { userId: string; webhookId: string };

/** The log of what was sent to a webhook, and tests that are asked for. */
export function createWebhookDeliveries({ database, now }: { database: Database; now: () => Date }) {
  return {
    /** Newest first. @throws AppError `not_found`; `invalid_request` for a cursor that is no page's */
    async list({ userId, webhookId }: OfUser, wanted: PageWanted): Promise<Page<WebhookDelivery>> {
      const em = database.em.fork();
      await refuseForeign(em, { userId, webhookId });
      return pageBelow(wanted, {
        has: async (id) => (await em.count(WebhookDelivery, { id, webhookId })) > 0,
        find: (below, limit) => em.find(WebhookDelivery, { webhookId, ...below }, { orderBy: { id: 'desc' }, limit }),
      });
    },

    /** One attempt, also at a disabled webhook. @throws AppError `not_found`; `conflict` while another test is under way */
    test: ({ userId, webhookId }: OfUser): Promise<WebhookDelivery> =>
      database.em.fork().transactional(async (em) => {
        await refuseForeign(em, { userId, webhookId });
        const running = { webhookId, event: 'webhook.test', state: 'pending' } as const;
        if ((await em.count(WebhookDelivery, running)) > 0)
          throw new AppError('conflict', 'A test of this webhook is under way.');
        const payload = { webhook_id: webhookId };
        const delivery = em.create(WebhookDelivery, { ...newDelivery(now()), ...running, payload });
        em.persist(delivery);
        return delivery;
      }),
  };
}

export const newDelivery = (at: Date) => ({ id: newId('dlv'), createdAt: at, attempts: 0, state: 'pending' as const });

async function refuseForeign(em: Em, { userId, webhookId }: OfUser): Promise<void> {
  const lockMode = em.isInTransaction() ? LockMode.PESSIMISTIC_WRITE : LockMode.NONE;
  const webhook = await em.findOne(Webhook, { id: webhookId, userId }, { lockMode });
  if (!webhook) throw new AppError('not_found', 'There is no such webhook.', { details: { field: 'id' } });
}
