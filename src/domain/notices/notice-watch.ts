import { setTimeout as delay } from 'node:timers/promises';
import { CompiledQuery } from 'kysely';
import type { Database } from '../../infra/database.ts';
import type { Logger } from '../../infra/logger.ts';

export type NoticeWatchOptions = { database: Database; logger: Logger; everyMs?: number };

type Waiting = { userId: string; after: number; wake: () => void };

/**
 * Wakes who waits for a user's next notice: one query for all of them, twice a second while anybody waits. The table
 * itself is asked, so nothing is missed, whoever wrote the notice and whatever else is away.
 */
export function createNoticeWatch({ database, logger, everyMs = 500 }: NoticeWatchOptions) {
  const waiting = new Set<Waiting>();
  let isLooking = false;

  async function look(): Promise<void> {
    if (isLooking) return;
    isLooking = true;
    while (waiting.size > 0) {
      await delay(everyMs);
      await wakeThem().catch((error: unknown) => logger.warn({ err: error }, 'new notices could not be looked for'));
    }
    isLooking = false;
  }

  async function wakeThem(): Promise<void> {
    const users = [...new Set([...waiting].map(({ userId }) => userId))];
    if (users.length === 0) return;
    const kysely = database.em.fork().getKysely();
    const { rows } = await kysely.executeQuery<Latest>(CompiledQuery.raw(latestOfEach, [users]));
    const latest = new Map(rows.map(({ user_id: userId, id }) => [userId, Number(id)]));
    for (const one of waiting) if ((latest.get(one.userId) ?? 0) > one.after) one.wake();
  }

  return {
    /** Resolves when the user has a notice after this one, or when nobody waits any more. */
    changed(userId: string, after: number, ended: AbortSignal): Promise<void> {
      return new Promise((resolve) => {
        const wake = () => {
          waiting.delete(one);
          ended.removeEventListener('abort', wake);
          resolve();
        };
        const one = { userId, after, wake };
        if (ended.aborted) return resolve();
        ended.addEventListener('abort', wake, { once: true });
        waiting.add(one);
        void look();
      });
    },
  };
}

export type NoticeWatch = ReturnType<typeof createNoticeWatch>;

type Latest = { user_id: string; id: string | null };

const latestOfEach = `
  select wanted.user_id, (select max(id) from notices where notices.user_id = wanted.user_id)::text as id
  from unnest($1::text[]) as wanted (user_id)`;
