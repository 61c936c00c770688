import { Notice } from '../../entities/notice.ts';
import { AppError, fieldError } from '../../errors.ts';
import type { Database } from '../../infra/database.ts';

export type NoticePage = { notices: Notice[]; nextCursor: string | null };
export type ListedNotices = { limit: number; cursor: string | null; unread: boolean };

/** The notices of one user, to read. Somebody else's is `not_found`. */
export function createNoticeList({ database, now }: { database: Database; now: () => Date }) {
  return {
    /**
     * Newest first.
     * @param page the cursor is the id of the last notice of the page before
     * @throws AppError `invalid_request` for any other cursor
     */
    async list(userId: string, { limit, cursor, unread }: ListedNotices): Promise<NoticePage> {
      const which = { userId, ...(unread && { readAt: null }), ...(cursor !== null && { id: { $lt: idOf(cursor) } }) };
      const found = await database.em.fork().find(Notice, which, { orderBy: { id: 'desc' }, limit: limit + 1 });
      const notices = found.slice(0, limit);
      return { notices, nextCursor: found.length > limit ? `${notices.at(-1)?.id}` : null };
    },

    /** The first reading counts. @throws AppError `not_found` */
    async read(userId: string, id: number): Promise<Notice> {
      const em = database.em.fork();
      await em.nativeUpdate(Notice, { id, userId, readAt: null }, { readAt: now() });
      const notice = await em.findOne(Notice, { id, userId });
      if (!notice) throw new AppError('not_found', 'There is no such notice.', { details: { field: 'id' } });
      return notice;
    },

    /** Oldest first. */
    after: (userId: string, id: number, limit: number): Promise<Notice[]> =>
      database.em.fork().find(Notice, { userId, id: { $gt: id } }, { orderBy: { id: 'asc' }, limit }),

    /** The id of the newest; 0 for none. */
    async latestId(userId: string): Promise<number> {
      const [latest] = await database.em.fork().find(Notice, { userId }, { orderBy: { id: 'desc' }, limit: 1 });
      return latest?.id ?? 0;
    },
  };
}

export type NoticeList = ReturnType<typeof createNoticeList>;

function idOf(cursor: string): number {
  if (/^[0-9]{1,15}$/.test(cursor)) return Number(cursor);
  throw fieldError('invalid_request', 'cursor', 'must be the next_cursor of an earlier page');
}
