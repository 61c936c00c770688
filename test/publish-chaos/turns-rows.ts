import { PlatformAccount } from '../../src/entities/platform-account.ts';
import type { OwnPace } from '../../src/entities/platform-account.ts';
import { Publication } from '../../src/entities/publication.ts';
import type { Database } from '../../src/infra/database.ts';
import { newId } from '../../src/infra/ids.ts';
import { testUser } from '../rows.ts';

export type PacedAccount = { id: string; userId: string; pace: OwnPace | null };

/** A user with accounts, each as fast as `paceOf` its number says. */
export async function newAccounts(
  database: Database,
  count: number,
  paceOf: (at: number) => OwnPace | null = () => null,
): Promise<PacedAccount[]> {
  const em = database.em.fork();
  const { id: userId } = await testUser(em);
  const accounts = Array.from({ length: count }, (_, at) => ({ id: newId('acc'), userId, pace: paceOf(at) }));
  const rest = { platform: 'wordpress', health: 'active' as const, coolDowns: 0, createdAt: new Date() };
  await em.insertMany(
    PlatformAccount,
    accounts.map((account) => ({ ...account, ...rest, externalId: account.id })),
  );
  return accounts;
}

/** Publications for now or a later time, the accounts by turns. */
export async function newPublications(
  database: Database,
  accounts: readonly PacedAccount[],
  { count, dueAt = null }: { count: number; dueAt?: Date | null },
) {
  const em = database.em.fork();
  const rows = Array.from({ length: count }, (_, at) => ({
    ...rowFor(accounts[at % accounts.length], at),
    state: dueAt ? ('scheduled' as const) : ('queued' as const),
    scheduledAt: dueAt,
  }));
  for (let from = 0; from < rows.length; from += 500) await em.insertMany(Publication, rows.slice(from, from + 500));
  return rows;
}

function rowFor(account: PacedAccount | undefined, at: number) {
  if (!account) throw new Error('there are no accounts');
  const createdAt = new Date(Date.now() + at); // the order in which they are due
  return {
    id: newId('pub'),
    userId: account.userId,
    accountId: account.id,
    platform: 'wordpress',
    content: { title: `Post ${at}`, markdown: '-', tags: [], coverMediaId: null, aiGenerated: false },
    commitRound: 1,
    platformDraftId: 'draft',
    runStartedAt: null,
    createdAt,
    updatedAt: createdAt,
  };
}

export type NewRow = Awaited<ReturnType<typeof newPublications>>[number];
