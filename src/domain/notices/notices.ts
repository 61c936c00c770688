import type { Notice } from '../../entities/notice.ts';
import type { Config } from '../../infra/config.ts';
import type { Database } from '../../infra/database.ts';
import type { Keyring } from '../../infra/keyring.ts';
import type { Logger } from '../../infra/logger.ts';
import { openMail } from '../../infra/mail.ts';
import { createOutboundPost } from '../../infra/outbound-post.ts';
import { createOutboundPolicy } from '../../infra/outbound.ts';
import { createDeliverWebhook } from './deliver-webhook.ts';
import { Dispatcher } from './dispatcher.ts';
import { createFanOut } from './fan-out.ts';
import { createNoticeList } from './notice-list.ts';
import { createNoticeMails } from './notice-mails.ts';
import { createNoticeRetention } from './notice-retention.ts';
import { createNoticeSettings } from './notice-settings.ts';
import { createNoticeWatch } from './notice-watch.ts';
import { createStartRuns } from './start-runs.ts';
import type { NoticeRuns } from './start-runs.ts';
import { createWebhookDeliveries } from './webhook-deliveries.ts';
import { createWebhooks } from './webhooks.ts';

export { note, noteChallenge, noteChange } from './note-change.ts';
export { noticeKinds } from '../../entities/notice.ts';
export { deliveryStates, webhookEvents } from '../../entities/webhook-delivery.ts';
export { disabledReasons } from '../../entities/webhook.ts';
export type { Notice, NoticeKind } from '../../entities/notice.ts';
export type { Webhook } from '../../entities/webhook.ts';
export type { WebhookDelivery } from '../../entities/webhook-delivery.ts';
export type { AttemptOutcome, DeliveryAttempt } from './deliver-webhook.ts';
export type { NoticeRuns } from './start-runs.ts';

export type NoticesDependencies = {
  database: Database;
  keyring: Keyring;
  config: Pick<
    Config,
    | 'SMTP_URL'
    | 'MAIL_FROM'
    | 'PUBLIC_URL'
    | 'WEBHOOK_PRIVATE_NETWORKS'
    | 'WEBHOOK_RETRY_SECONDS'
    | 'WEBHOOK_DISABLE_AFTER'
    | 'NOTICE_KEEP_DAYS'
  >;
  logger: Logger;
  now: () => Date;
};

export type Notices = ReturnType<typeof createNotices>;

/** What users are told: on their events stream, by webhooks and by e-mail. See docs/adr/0010-notices.md. */
export function createNotices({ database, keyring, config, logger, now }: NoticesDependencies) {
  const allowPrivate = config.WEBHOOK_PRIVATE_NETWORKS === 'allow';
  const outbound = createOutboundPolicy({ allowPrivate, allowQuery: true });
  const { post, close: closePost } = createOutboundPost(outbound);
  const { SMTP_URL: url, MAIL_FROM: from } = config;
  const mail = url && from ? openMail({ url, from }) : null;
  const list = createNoticeList({ database, now });
  const watch = createNoticeWatch({ database, logger });

  /** Each notice after `after` once, in order, for as long as somebody listens. */
  async function* follow({ userId, after, ended }: Followed): AsyncGenerator<Notice> {
    for (let seen = after; !ended.aborted;) {
      const next = await list.after(userId, seen, FOLLOWED_AT_ONCE);
      yield* next;
      seen = next.at(-1)?.id ?? seen;
      if (next.length < FOLLOWED_AT_ONCE) await watch.changed(userId, seen, ended);
    }
  }

  return {
    ...list,
    follow,
    settings: createNoticeSettings({ database, now }),
    webhooks: createWebhooks({ database, keyring, outbound, now }),
    deliveries: createWebhookDeliveries({ database, now }),
    attemptDelivery: createDeliverWebhook({
      database,
      keyring,
      post,
      now,
      retryMs: config.WEBHOOK_RETRY_SECONDS.split(',').map((seconds) => Number(seconds) * 1_000),
      disableAfter: config.WEBHOOK_DISABLE_AFTER,
    }),
    sendMail: createNoticeMails({ database, mail, publicUrl: config.PUBLIC_URL, now }),
    dropOld: createNoticeRetention({ database, now, keepDays: config.NOTICE_KEEP_DAYS }),
    /** Carries notices from the outbox to their runs. */
    dispatcher(runs: NoticeRuns): Dispatcher {
      const fanOut = createFanOut({ database, now, mailIsOn: mail !== null });
      return new Dispatcher({ steps: [fanOut, createStartRuns({ database, runs, now })], logger });
    },
    close: closePost,
  };
}

export type Followed = { userId: string; after: number; ended: AbortSignal };

const FOLLOWED_AT_ONCE = 100;
