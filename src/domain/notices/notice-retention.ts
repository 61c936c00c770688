import type { QueryResult } from '@mikro-orm/core';
import type { Database } from '../../infra/database.ts';

export type RetentionOptions = { database: Database; now: () => Date; keepDays: number };

/**
 * Deletes what was told long ago, with its e-mails, and the log of deliveries. What has not left yet stays.
 * @returns how many rows, at most `limit` of each
 */
export function createNoticeRetention({ database, now, keepDays }: RetentionOptions) {
  return async (limit: number): Promise<number> => {
    const before = new Date(now().getTime() - keepDays * DAY_MS);
    let gone = 0;
    for (const statement of statements) {
      const { affectedRows } = await database.em.fork().execute<QueryResult>(statement, [before, limit], 'run');
      gone = Math.max(gone, affectedRows);
    }
    return gone;
  };
}

const DAY_MS = 86_400_000;

/** Rows that another process is deleting are passed over. */
const oldOnes = (table: string, left: string) =>
  `delete from ${table} where id in (select id from ${table} where created_at < ? and ${left}
   order by created_at limit ? for update skip locked)`;

const statements = [
  oldOnes('webhook_deliveries', "state <> 'pending'"),
  oldOnes('notices', 'dispatched_at is not null'),
] as const;
