import {
  condition,
  continueAsNew,
  defineSignal,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { store } from './activities.ts';

export type AccountInput = { accountId: string };

/** Something has changed: who waits, who holds the turn, or whether the account may publish. */
export const look = defineSignal('look');

/**
 * Gives an account's turns to the publications that wait for them. Who waits and who holds stands in the rows, so that
 * there is nothing to carry on and nothing to lose; it ends when nobody waits.
 */
export async function account({ accountId }: AccountInput): Promise<void> {
  let looks = 0;
  setHandler(look, () => void (looks += 1));
  do {
    const seen = looks;
    const isChanged = () => looks !== seen;
    const next = await store.giveTurn.executeWithOptions({ summary: 'Whose turn is it?' }, [{ accountId }]);
    switch (next.kind) {
      case 'nobody':
        if (isChanged()) break;
        return setCurrentDetails('Nobody waits'); // a signal that comes now makes the server refuse this end
      case 'held':
        setCurrentDetails(`Others wait; the turn was last seen with ${next.publicationId}`);
        await condition(isChanged, next.lookInMs, { summary: 'Until it looks after who has the turn' });
        break;
      case 'wait':
        setCurrentDetails(`The next turn is at ${next.until}: ${next.why}`);
        await condition(isChanged, Math.max(1, Date.parse(next.until) - Date.now()), {
          summary: `Until the next turn: ${next.why}`,
        });
    }
  } while (!workflowInfo().continueAsNewSuggested && workflowInfo().historyLength < LONGEST_HISTORY);
  await continueAsNew<typeof account>({ accountId });
}

/** Long before the server suggests it: a short history replays quickly on another worker. */
const LONGEST_HISTORY = 2_000;
