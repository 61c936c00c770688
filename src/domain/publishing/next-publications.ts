import { PlatformAccount } from '../../entities/platform-account.ts';
import { Publication } from '../../entities/publication.ts';
import type { Database } from '../../infra/database.ts';

/** What accounts will publish within moments. */
export function createNextPublications({ database, now }: { database: Database; now: () => Date }) {
  return {
    /** Whether the account has another one that waits for its turn, or is due so soon. */
    async hasAnother({ accountId, id }: Pick<Publication, 'accountId' | 'id'>, withinMs: number): Promise<boolean> {
      const soon = { $or: [{ state: 'queued' as const }, dueWithin(withinMs)] };
      return (await database.em.fork().count(Publication, { accountId, id: { $ne: id }, ...soon })) > 0;
    },

    /** Of these accounts, those whose turn nobody has and that have a publication due so soon; the next one of each. */
    async ofResting(accountIds: readonly string[], withinMs: number): Promise<NextPublication[]> {
      if (accountIds.length === 0) return [];
      const em = database.em.fork();
      const resting = await em.find(PlatformAccount, { id: { $in: [...accountIds] }, turnPublicationId: null });
      const accounts = { accountId: { $in: resting.map(({ id }) => id) } };
      const due = await em.find(
        Publication,
        { ...accounts, ...dueWithin(withinMs) },
        { orderBy: { scheduledAt: 'asc' } },
      );
      return [...Map.groupBy(due, ({ accountId }) => accountId)].flatMap(([accountId, [first]]) =>
        first ? [{ accountId, platform: first.platform, publicationId: first.id }] : [],
      );
    },
  };

  function dueWithin(withinMs: number) {
    return { state: 'scheduled' as const, scheduledAt: { $lte: new Date(now().getTime() + withinMs) } };
  }
}

export type NextPublication = { accountId: string; platform: string; publicationId: string };
