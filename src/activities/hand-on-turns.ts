import type { AccountName, TurnRuns } from '../domain/turns/turns.ts';
import type { Services } from '../services.ts';

export type TurnRef = { publicationId: string; accountId: string };

type Parts = Pick<Services, 'publishing' | 'turns' | 'now'> & { turnRuns: TurnRuns };

/** An account's turn goes from one publication to the next. */
export function handOnTurns({ publishing, turns, turnRuns, now }: Parts) {
  /** The run of the one that has, or would have, the turn is gone without a word: nobody works for it any more. */
  const takeBack = async (turn: TurnRef): Promise<void> => {
    await publishing.abandon(turn.publicationId);
    await turns.giveBack(turn);
  };

  return {
    takeBack,

    /**
     * Gives the turn to who is first, and tells it. When it is not time yet, the account's run waits for that, and it keeps
     * watch while others wait. Who has just got the turn is told again: the first try may have given it and not told.
     */
    async handOn(account: AccountName): Promise<void> {
      const { accountId } = account;
      for (;;) {
        const next = await turns.next(accountId);
        if (next.kind === 'nobody') return;
        if (next.kind !== 'given' && next.kind !== 'held') return turnRuns.wake(account);
        const { publicationId, askedAt, others } = next;
        const isHeardOf = next.kind === 'held' && now().getTime() - next.sinceMs > JUST_MS;
        if (isHeardOf || (await turnRuns.tell(publicationId, { givenTo: askedAt })))
          return others ? turnRuns.watch(account) : undefined;
        await takeBack({ accountId, publicationId });
      }
    },
  };
}

/** Far longer than a step that was lost takes to be done again. */
const JUST_MS = 120_000;
