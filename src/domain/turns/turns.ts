import { createAccountHealth } from './account-health.ts';
import { createAccountTurns } from './account-turns.ts';
import type { AccountName, TurnParts } from './account-turns.ts';

export { healthOf } from './account-health.ts';
export type { Owned, PaceView } from './account-health.ts';
export type { AccountName, Ask, NextTurn, TurnOf, Waiting } from './account-turns.ts';

/** One publication at a time for each account, at its pace. See docs/adr/0012-turns.md. */
export const createTurns = (parts: TurnParts) => ({ ...createAccountTurns(parts), ...createAccountHealth(parts) });

export type Turns = ReturnType<typeof createTurns>;

/** The runs behind the turns, as the orchestrator's activities reach them. */
export type TurnRuns = {
  /** Tells the account's run, and starts it when there is none, that it is to look again. */
  wake(account: AccountName): Promise<void>;
  /** Starts the account's run when there is none. */
  watch(account: AccountName): Promise<void>;
  /** @returns whether the publication's run is there to hear it */
  tell(publicationId: string, news: TurnNews): Promise<boolean>;
  /** Whether the publication's run goes on. */
  isRunning(publicationId: string): Promise<boolean>;
};

/** `askedAt` of the question that is answered; null to say that asking again gives another answer. */
export type TurnNews = { givenTo: string | null };
