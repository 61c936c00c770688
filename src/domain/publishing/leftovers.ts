import type { QueryResult } from '@mikro-orm/core';
import type { Database } from '../../infra/database.ts';

/**
 * Deletes changes that no run will take: of publications that have ended, an hour later, and whatever a crash has left, after a
 * day. Younger ones may still be taken by their run, once a worker is there.
 * @returns how many, at most `limit`
 */
export function createDropLeftovers({ database, now }: { database: Database; now: () => Date }) {
  return async (limit: number): Promise<number> => {
    const at = now().getTime();
    const values = [new Date(at - DAY_MS), new Date(at - HOUR_MS), limit];
    const { affectedRows } = await database.em.fork().execute<QueryResult>(statement, values, 'run');
    return affectedRows;
  };
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const statement = `
  delete from publication_edits where id in (
    select edit.id from publication_edits edit join publications on publications.id = edit.publication_id
    where edit.created_at < ? or (edit.created_at < ? and
      publications.state in ('published', 'failed', 'missed', 'unconfirmed', 'cancelled'))
    limit ? for update of edit skip locked)`;
