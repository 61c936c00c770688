import { condition, defineSignal, setHandler } from '@temporalio/workflow';
import type { TurnNews } from '../domain/turns/turns.ts';
import type { MovablePlan } from './movable-plan.ts';
import type { PublicationRecord } from './publication-record.ts';

/** Sent by the account's run: the turn is given to who asked, or asking again gets another answer. */
export const turn = defineSignal<[TurnNews]>('turn');

export type AccountTurnParts = {
  plan: MovablePlan;
  record: PublicationRecord;
  setCurrentDetails: (text: string) => void;
};

export type TakenTurn = { kind: 'taken' } | { kind: 'needs_login'; message: string } | { kind: 'moved' };

/** The turn of a publication's account: taken before the first round, and given back whenever others may go first. */
export function accountTurn(accountId: string, { plan, record, setCurrentDetails }: AccountTurnParts) {
  let isMine = false;
  let given: string | null = null;
  let news = 0;
  setHandler(turn, ({ givenTo }) => {
    news += 1;
    if (givenTo !== null) given = givenTo;
  });

  return {
    /** Waits for it for as long as it takes; what is moved to a later time meanwhile leaves the queue. */
    async take(): Promise<TakenTurn> {
      for (let patienceMs = FIRST_PATIENCE_MS; !isMine; patienceMs = Math.min(patienceMs * 2, LONGEST_PATIENCE_MS)) {
        const seen = news;
        const answer = await record.askForTurn({ accountId, dueAt: plan.dueAt(), isPlain: plan.isPlain() });
        if (answer.kind === 'needs_login') return answer;
        if (answer.kind === 'wait') {
          const summary = `Waits for the account's turn: ${answer.why}`;
          setCurrentDetails(summary);
          const isAnswered = () => given === answer.askedAt || news !== seen || plan.isEarly();
          await condition(isAnswered, patienceMs, { summary });
        }
        isMine = answer.kind === 'yours' || given === answer.askedAt;
        if (plan.isEarly()) return { kind: 'moved' };
      }
      return { kind: 'taken' };
    },

    async giveBack(): Promise<void> {
      isMine = false;
      await record.giveBackTurn(accountId);
    },

    /** It was given back by a step that did more than that. */
    isGivenBack: () => void (isMine = false),
  };
}

export type AccountTurn = ReturnType<typeof accountTurn>;

/** A signal that was lost is made up for by asking again. */
const FIRST_PATIENCE_MS = 600_000;
const LONGEST_PATIENCE_MS = 86_400_000;
