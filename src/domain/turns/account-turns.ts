import { LockMode } from '@mikro-orm/core';
import { PlatformAccount } from '../../entities/platform-account.ts';
import { Publication } from '../../entities/publication.ts';
import type { Database, Em } from '../../infra/database.ts';
import { descriptionOf } from '../platforms/index.ts';
import { healthOf } from './account-health.ts';
import { nextTurn, slower } from './turn.policy.ts';
import type { TurnDecision } from './turn.policy.ts';

export type TurnParts = { database: Database; now: () => Date };

/** The turns of accounts. Each decision holds the account's row, so that no two publications ever have one account's turn. */
export function createAccountTurns({ database, now }: TurnParts) {
  return {
    /**
     * Takes the account's turn, or a place in its queue. Asking again keeps both. It does `queue` first in the same
     * transaction, and of an account that needs a login `pause`: credentials that are stored at this moment find who waits
     * for them.
     */
    ask({ publicationId, accountId, dueAt, queue, pause }: Ask): Promise<TurnAnswer> {
      return locked(accountId, async (em, account) => {
        if (account.turnPublicationId === publicationId) return { kind: 'yours' }; // its row may be further by now
        await queue(em);
        const publication = await em.findOneOrFail(Publication, publicationId);
        const isNew = !publication.turnAskedAt;
        publication.turnAskedAt ??= now();
        publication.turnDueAt = dueAt ?? publication.createdAt;
        await em.flush();
        const decision = await decide(em, account, publicationId);
        if (decision.kind === 'give' && decision.publicationId === publicationId) {
          hold(account, publicationId);
          return { kind: 'yours' };
        }
        if (decision.kind === 'paused' && decision.why === 'needs_login') {
          leave(publication);
          await pause(em, NEEDS_LOGIN);
          return { kind: 'needs_login', message: NEEDS_LOGIN };
        }
        // Somebody else who waits has the account's run going: it is started by the first, and by whoever asks again.
        const isFirst = !isNew || decision.kind === 'give' || (await waiting(em, account)) === 1;
        const wake = isFirst && decision.kind !== 'paused'; // who ends the pause wakes it
        const why = decision.kind === 'wait' || decision.kind === 'paused' ? decision.why : 'queue';
        return {
          kind: 'wait',
          askedAt: publication.turnAskedAt.toISOString(),
          why,
          wake: wake ? nameOf(account) : null,
        };
      });
    },

    /** Gives the turn, or the place in the queue, back. @returns the account, when somebody waits for its turn, or has it */
    giveBack({ publicationId, accountId }: TurnOf): Promise<AccountName | null> {
      return locked(accountId, async (em, account) => {
        leave(await em.findOneOrFail(Publication, publicationId));
        if (account.turnPublicationId === publicationId) hold(account, null);
        await em.flush();
        const isWanted = account.turnPublicationId || (await waiting(em, account)) > 0;
        return isWanted ? nameOf(account) : null;
      });
    },

    /** Gives the turn to who is first, when it is time. Doing it again finds that it is held. */
    next(accountId: string): Promise<NextTurn> {
      return locked(accountId, async (em, account) => {
        const decision = await decide(em, account);
        const holder = account.turnPublicationId ?? null;
        const toldOf = async (publicationId: string) => ({
          publicationId,
          askedAt: (await em.findOneOrFail(Publication, publicationId)).turnAskedAt?.toISOString() ?? '',
        });
        switch (decision.kind) {
          case 'give':
            hold(account, decision.publicationId);
            return {
              kind: 'given',
              ...(await toldOf(decision.publicationId)),
              others: (await waiting(em, account)) > 0,
            };
          case 'wait':
          case 'paused':
            return decision;
          case 'held':
          case 'nobody': {
            if (holder === null) return { kind: 'nobody' };
            const sinceMs = account.turnSince?.getTime() ?? 0;
            return { kind: 'held', ...(await toldOf(holder)), sinceMs, others: decision.kind === 'held' };
          }
        }
      });
    },

    /** Those who wait for an account's turn, the first ones only. */
    async waiting(accountId: string): Promise<string[]> {
      const found = await database.em
        .fork()
        .find(Publication, waitingFor(accountId, null), { ...inOrder, limit: MOST });
      return found.map(({ id }) => id);
    },
  };

  function locked<T>(accountId: string, act: (em: Em, account: PlatformAccount) => Promise<T>): Promise<T> {
    return database.em.fork().transactional(async (em) => {
      const lock = { lockMode: LockMode.PESSIMISTIC_WRITE };
      return act(em, await em.findOneOrFail(PlatformAccount, accountId, lock));
    });
  }

  /** @param asking one who waits: while somebody has the turn, it does not matter who is first */
  async function decide(em: Em, account: PlatformAccount, asking?: string): Promise<TurnDecision> {
    const holder = account.turnPublicationId ?? null;
    const isHeld = holder !== null;
    const first = (isHeld && asking) || (await firstOf(em, account.id, holder));
    const pace = slower(descriptionOf(account.platform).pace, account.pace ?? null);
    const { health, until } = healthOf(account, now());
    if (account.health === 'cooling_down') account.health = health; // it ends by itself
    return nextTurn({
      nowMs: now().getTime(),
      health,
      healthUntilMs: until?.getTime() ?? null,
      holder,
      first,
      commitsMs: isHeld ? [] : await commitsOf(em, account.id, pace.perDay ?? 1),
      pace,
    });
  }

  function hold(account: PlatformAccount, publicationId: string | null): void {
    account.turnPublicationId = publicationId;
    account.turnSince = publicationId === null ? null : now();
  }
}

export type AccountTurns = ReturnType<typeof createAccountTurns>;

export type TurnOf = { publicationId: string; accountId: string };
export type Ask = TurnOf & {
  /** When the publication is due; null is at once. */
  dueAt: Date | null;
  /** Says in the publication's row that it is queued. */
  queue: (em: Em) => Promise<void>;
  /** Says in the publication's row that it waits for a login. */
  pause: (em: Em, message: string) => Promise<void>;
};

/** What an account's run is named and found by. */
export type AccountName = { accountId: string; userId: string; platform: string };

export type TurnAnswer =
  | { kind: 'yours' }
  /** Comes with a signal that carries `askedAt`; `wake` is the account whose run is to be told. */
  | { kind: 'wait'; askedAt: string; why: Waiting; wake: AccountName | null }
  | { kind: 'needs_login'; message: string };

export type Waiting = 'queue' | 'disabled' | 'needs_login' | 'gap' | 'daily_cap' | 'cooling_down';

export type NextTurn =
  | { kind: 'given'; publicationId: string; askedAt: string; others: boolean }
  | { kind: 'held'; publicationId: string; askedAt: string; sinceMs: number; others: boolean }
  | Exclude<TurnDecision, { kind: 'give' | 'held' }>;

const NEEDS_LOGIN = 'The account waits for a new login.';
const MOST = 100;

const inOrder = { orderBy: { turnDueAt: 'asc', turnAskedAt: 'asc', id: 'asc' } } as const;

const waitingFor = (accountId: string, holder: string | null) => ({
  accountId,
  turnAskedAt: { $ne: null },
  ...(holder !== null && { id: { $ne: holder } }),
});

async function firstOf(em: Em, accountId: string, holder: string | null): Promise<string | null> {
  const [first] = await em.find(Publication, waitingFor(accountId, holder), { ...inOrder, limit: 1 });
  return first?.id ?? null;
}

const waiting = (em: Em, account: PlatformAccount) =>
  em.count(Publication, waitingFor(account.id, account.turnPublicationId ?? null));

async function commitsOf(em: Em, accountId: string, count: number): Promise<number[]> {
  const committed = await em.find(
    Publication,
    { accountId, commitStartedAt: { $ne: null } },
    { fields: ['commitStartedAt'], orderBy: { commitStartedAt: 'desc' }, limit: count },
  );
  return committed.flatMap(({ commitStartedAt }) => commitStartedAt?.getTime() ?? []);
}

function leave(publication: Publication): void {
  publication.turnAskedAt = null;
  publication.turnDueAt = null;
}

const nameOf = ({ id: accountId, userId, platform }: PlatformAccount): AccountName => ({ accountId, userId, platform });
