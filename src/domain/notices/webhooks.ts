import { LockMode } from '@mikro-orm/core';
import type { NoticeKind } from '../../entities/notice.ts';
import { User } from '../../entities/user.ts';
import { Webhook } from '../../entities/webhook.ts';
import { AppError } from '../../errors.ts';
import type { Database, Em } from '../../infra/database.ts';
import { newId } from '../../infra/ids.ts';
import type { Keyring } from '../../infra/keyring.ts';
import type { OutboundPolicy } from '../../infra/outbound.ts';
import { pageBelow } from './page-below.ts';
import type { Page, PageWanted } from './page-below.ts';
import { newWebhookSecret } from './webhook-secret.ts';

/** Null events: all. */
export type NewWebhook = { url: string; events: NoticeKind[] | null; enabled: boolean };
export type WebhookChanges = { [name in keyof NewWebhook]?: NewWebhook[name] | undefined };
export type WebhookWithSecret = { webhook: Webhook; secret: string };

export type WebhookOptions = { database: Database; keyring: Keyring; outbound: OutboundPolicy; now: () => Date };

/** Where users want to hear of notices, as they keep them. Somebody else's webhook is `not_found`. */
export function createWebhooks({ database, keyring, outbound, now }: WebhookOptions) {
  return {
    /**
     * The secret is in this answer and nowhere else.
     * @throws AppError `invalid_request` for a URL that may not be called, `conflict` when there are too many
     */
    async create(userId: string, { url, events, enabled }: NewWebhook): Promise<WebhookWithSecret> {
      outbound.assertAllowed(url);
      const secret = newWebhookSecret();
      const webhook = await database.em.fork().transactional(async (em) => {
        await em.findOneOrFail(User, userId, { lockMode: LockMode.PESSIMISTIC_WRITE }); // two at once count in turn
        if ((await em.count(Webhook, { userId })) >= MOST_WEBHOOKS)
          throw new AppError('conflict', `There are ${MOST_WEBHOOKS} webhooks already.`);
        const row = em.create(Webhook, {
          id: newId('whk'),
          userId,
          url,
          events,
          enabled,
          disabledReason: enabled ? null : 'owner',
          sealedSecret: keyring.sealText(secret),
          createdAt: now(),
          updatedAt: now(),
        });
        em.persist(row);
        return row;
      });
      return { webhook, secret };
    },

    /** @throws AppError `not_found` */
    get: (userId: string, id: string): Promise<Webhook> => own(database.em.fork(), { userId, id }),

    /** Newest first. @throws AppError `invalid_request` for a cursor that is no page's */
    list(userId: string, wanted: PageWanted): Promise<Page<Webhook>> {
      const em = database.em.fork();
      return pageBelow(wanted, {
        has: async (id) => (await em.count(Webhook, { id, userId })) > 0,
        find: (below, limit) => em.find(Webhook, { userId, ...below }, { orderBy: { id: 'desc' }, limit }),
      });
    },

    /** What is absent stays. Enabling begins anew to count failures. @throws AppError as `create`, `not_found` */
    async change(userId: string, id: string, { url, events, enabled }: WebhookChanges): Promise<Webhook> {
      if (url !== undefined) outbound.assertAllowed(url);
      return edit({ userId, id }, (webhook) => {
        webhook.url = url ?? webhook.url;
        if (events !== undefined) webhook.events = events;
        if (enabled === undefined || enabled === webhook.enabled) return;
        Object.assign(webhook, { enabled, disabledReason: enabled ? null : 'owner', consecutiveFailures: 0 });
      });
    },

    /** A new secret, shown only here. The old one signs beside it for a day. @throws AppError `not_found` */
    async rotateSecret(userId: string, id: string): Promise<WebhookWithSecret> {
      const secret = newWebhookSecret();
      const webhook = await edit({ userId, id }, (row) => {
        row.sealedOldSecret = row.sealedSecret;
        row.oldSecretUntil = new Date(now().getTime() + OLD_SECRET_MS);
        row.sealedSecret = keyring.sealText(secret);
      });
      return { webhook, secret };
    },

    /** With its deliveries; what is under way ends. @throws AppError `not_found` */
    async remove(userId: string, id: string): Promise<void> {
      const em = database.em.fork();
      await em.remove(await own(em, { userId, id })).flush();
    },
  };

  function edit(which: { userId: string; id: string }, change: (row: Webhook) => void): Promise<Webhook> {
    return database.em.fork().transactional(async (em) => {
      const webhook = await own(em, which, LockMode.PESSIMISTIC_WRITE);
      change(webhook);
      return webhook;
    });
  }
}

const MOST_WEBHOOKS = 20;
const OLD_SECRET_MS = 86_400_000;

async function own(em: Em, which: { userId: string; id: string }, lockMode = LockMode.NONE): Promise<Webhook> {
  const webhook = await em.findOne(Webhook, which, { lockMode });
  if (!webhook) throw new AppError('not_found', 'There is no such webhook.', { details: { field: 'id' } });
  return webhook;
}
