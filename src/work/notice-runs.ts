import type { Client } from '@temporalio/client';
import type { NoticeRuns } from '../domain/notices/notices.ts';
import type { deliverWebhook } from '../workflows/deliver-webhook.ts';
import { noticeMailWorkflowId, webhookWorkflowId } from '../workflows/ids.ts';
import type { mailNotice } from '../workflows/mail-notice.ts';
import { common, pair, startOnce } from './start-once.ts';

/** Starts what the dispatcher of notices asks for. It holds rows meanwhile, so it is not kept waiting for long. */
export function createNoticeRuns({ temporal }: { temporal: Client }): NoticeRuns {
  const soon = (start: () => Promise<void>) => temporal.withDeadline(Date.now() + START_WITHIN_MS, start);
  return {
    deliverWebhook: (deliveryId) =>
      soon(() =>
        startOnce<typeof deliverWebhook>(temporal, 'deliverWebhook', {
          ...common(webhookWorkflowId(deliveryId), 'Delivers an event to a webhook', [pair('taskKind', 'webhook')]),
          args: [{ deliveryId }],
        }),
      ),

    mailNotice: (mailId) =>
      soon(() =>
        startOnce<typeof mailNotice>(temporal, 'mailNotice', {
          ...common(noticeMailWorkflowId(mailId), 'Sends a notice by e-mail', [pair('taskKind', 'mail')]),
          args: [{ mailId }],
        }),
      ),
  };
}

const START_WITHIN_MS = 5_000;
