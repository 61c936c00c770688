import { LockMode } from '@mikro-orm/core';
import { NoticeMail } from '../../entities/notice-mail.ts';
import { WebhookDelivery } from '../../entities/webhook-delivery.ts';
import type { Database } from '../../infra/database.ts';

/** Starts durable work. A run that was started before is the same run. */
export type NoticeRuns = {
  deliverWebhook(deliveryId: string): Promise<void>;
  mailNotice(mailId: string): Promise<void>;
};

export type StartRunsOptions = { database: Database; runs: NoticeRuns; now: () => Date };

/**
 * Starts the runs of deliveries and e-mails that have none. A process that dies between a start and the row that says so
 * leaves a row to start again, which changes nothing.
 * @returns how many were started
 */
export function createStartRuns({ database, runs, now }: StartRunsOptions) {
  const unstarted = { startedAt: null };
  const options = { limit: AT_ONCE, lockMode: LockMode.PESSIMISTIC_PARTIAL_WRITE } as const;

  const startDeliveries = () =>
    database.em.fork().transactional(async (em) => {
      const rows = await em.find(WebhookDelivery, unstarted, { orderBy: { id: 'asc' }, ...options });
      return startAll(rows, ({ id }) => runs.deliverWebhook(id));
    });

  const startMails = () =>
    database.em.fork().transactional(async (em) => {
      const rows = await em.find(NoticeMail, unstarted, { orderBy: { id: 'asc' }, ...options });
      return startAll(rows, ({ id }) => runs.mailNotice(id));
    });

  /** What was started is written also when others could not be. */
  async function startAll<T extends { startedAt?: Date | null | undefined }>(
    rows: T[],
    start: (row: T) => Promise<void>,
  ) {
    const results = await Promise.allSettled(
      rows.map(async (row) => {
        await start(row);
        row.startedAt = now();
      }),
    );
    const failed = results.find((result) => result.status === 'rejected');
    return { started: results.filter(({ status }) => status === 'fulfilled').length, error: failed?.reason };
  }

  return async (): Promise<number> => {
    let count = 0;
    for (const starting of [startDeliveries, startMails]) {
      const { started, error } = await starting();
      if (error !== undefined) throw error;
      count += started;
    }
    return count;
  };
}

const AT_ONCE = 20;
