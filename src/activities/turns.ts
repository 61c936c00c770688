import { activityInfo } from '@temporalio/activity';
import type { AccountName, TurnRuns, Waiting } from '../domain/turns/turns.ts';
import type { Services } from '../services.ts';
import { givenUpSignal } from './given-up.ts';
import { handOnTurns } from './hand-on-turns.ts';
import type { TurnRef } from './hand-on-turns.ts';

/** Turns of accounts, for `publish` and `account`. Each call may be repeated. */
export const turnActivities = ({ publishing, turns, turnRuns, now }: Parts) => {
  const wake = async (account: AccountName | null) => void (account && (await turnRuns.wake(account)));
  const { takeBack } = handOnTurns({ publishing, turns, turnRuns, now });

  return {
    /**
     * The publication is due: it is queued, and has its account's turn, or a place among those who wait for it. A try that was
     * given up takes neither: its run may have been put off meanwhile.
     */
    async askForTurn({ publicationId, accountId, dueAt }: TurnRef & { dueAt: string | null }): Promise<TurnTaken> {
      const { moveWithin } = publishing.publications;
      const givenUp = givenUpSignal();
      const answer = await turns.ask({
        publicationId,
        accountId,
        dueAt: dueAt === null ? null : new Date(dueAt),
        async queue(em) {
          givenUp.throwIfAborted();
          await moveWithin(em, publicationId, { to: 'queued', note: 'due' });
        },
        pause: (em, message) =>
          moveWithin(em, publicationId, {
            to: 'needs_login',
            note: message,
            errorCode: 'needs_login',
            errorMessage: message,
          }),
      });
      if (answer.kind !== 'wait') return answer;
      await wake(answer.wake);
      return { kind: 'wait', askedAt: answer.askedAt, why: answer.why };
    },

    async giveBackTurn(turn: TurnRef): Promise<void> {
      await wake(await turns.giveBack(turn));
    },

    /** Gives the account's turn to who is first, if it is time, and says when to look again. */
    async giveTurn({ accountId }: { accountId: string }): Promise<TurnGiven> {
      const isRepeated = activityInfo().attempt > 1; // the first try may have given it and not told
      for (;;) {
        const next = await turns.next(accountId);
        switch (next.kind) {
          case 'nobody':
            return { kind: 'nobody' };
          case 'wait':
            return { kind: 'wait', why: next.why, until: new Date(next.untilMs).toISOString() };
          case 'paused':
            if (next.why === 'disabled') return { kind: 'nobody' };
            for (const id of await turns.waiting(accountId)) await turnRuns.tell(id, { givenTo: null });
            return { kind: 'wait', why: next.why, until: new Date(now().getTime() + LOOK_EVERY_MS).toISOString() };
          case 'given': {
            const { publicationId, askedAt, others } = next;
            if (await turnRuns.tell(publicationId, { givenTo: askedAt }))
              return others ? { kind: 'held', publicationId, lookInMs: LOOK_EVERY_MS } : { kind: 'nobody' };
            break;
          }
          case 'held': {
            const { publicationId, askedAt, sinceMs, others } = next;
            if (!others && !isRepeated) return { kind: 'nobody' };
            const isRunning =
              now().getTime() - sinceMs < LOOK_EVERY_MS / 2 || (await turnRuns.isRunning(publicationId));
            if (isRunning && isRepeated) await turnRuns.tell(publicationId, { givenTo: askedAt });
            if (isRunning)
              return others ? { kind: 'held', publicationId, lookInMs: LOOK_EVERY_MS } : { kind: 'nobody' };
          }
        }
        if (next.kind === 'given' || next.kind === 'held')
          await takeBack({ accountId, publicationId: next.publicationId });
      }
    },

    /** Lets the account rest. With a publication: it is queued again, and somebody else may be first afterwards. */
    async coolDown({ accountId, publicationId, signal }: CoolDown): Promise<{ until: string }> {
      const until = await turns.coolDown(accountId, signal);
      if (publicationId === null) return { until: until.toISOString() };
      const note = `the platform signals a risk (${signal}): the account rests until ${until.toISOString()}`;
      await publishing.publications.move(publicationId, { to: 'queued', note });
      await wake(await turns.giveBack({ publicationId, accountId }));
      return { until: until.toISOString() };
    },
  };
};

type Parts = Pick<Services, 'publishing' | 'turns' | 'now'> & { turnRuns: TurnRuns };

export type TurnTaken =
  { kind: 'yours' } | { kind: 'wait'; askedAt: string; why: Waiting } | { kind: 'needs_login'; message: string };

export type TurnGiven =
  | { kind: 'nobody' }
  | { kind: 'held'; publicationId: string; lookInMs: number }
  | { kind: 'wait'; why: Waiting; until: string };

export type CoolDown = { accountId: string; publicationId: string | null; signal: string };

const LOOK_EVERY_MS = 60_000;
