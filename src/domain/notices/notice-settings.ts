import { noticeKinds } from '../../entities/notice.ts';
import type { NoticeKind } from '../../entities/notice.ts';
import { NoticeSettings } from '../../entities/notice-settings.ts';
import type { Database, Em } from '../../infra/database.ts';

/** Which kinds leave by which way. */
export type NoticeWays = { email: readonly NoticeKind[]; webhooks: readonly NoticeKind[] };
export type NoticeWayChanges = { [way in keyof NoticeWays]?: readonly NoticeKind[] | undefined };

/** An e-mail is for what waits for a person. */
const defaults: NoticeWays = {
  email: ['publication.failed', 'publication.missed', 'publication.unconfirmed', 'publication.needs_login'],
  webhooks: noticeKinds,
};

export function createNoticeSettings({ database, now }: { database: Database; now: () => Date }) {
  return {
    async get(userId: string): Promise<NoticeWays> {
      return waysOf(await database.em.fork().findOne(NoticeSettings, userId));
    },

    /** What is absent stays. */
    async change(userId: string, { email, webhooks }: NoticeWayChanges): Promise<NoticeWays> {
      const em = database.em.fork();
      const before = waysOf(await em.findOne(NoticeSettings, userId));
      const after = { email: [...new Set(email ?? before.email)], webhooks: [...new Set(webhooks ?? before.webhooks)] };
      const given = [...(email ? ['email' as const] : []), ...(webhooks ? ['webhooks' as const] : [])];
      const onConflictMergeFields = [...given, 'updatedAt' as const];
      await em.upsert(NoticeSettings, { userId, ...after, updatedAt: now() }, { onConflictMergeFields });
      return after;
    },
  };
}

/** The ways of many users at once. */
export async function waysOfUsers(em: Em, userIds: readonly string[]): Promise<(userId: string) => NoticeWays> {
  const rows = await em.find(NoticeSettings, { userId: { $in: [...userIds] } });
  const byUser = new Map(rows.map((row) => [row.userId, waysOf(row)]));
  return (userId) => byUser.get(userId) ?? defaults;
}

const waysOf = (row: NoticeSettings | null): NoticeWays =>
  row ? { email: row.email, webhooks: row.webhooks } : defaults;
