import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type { HandedOff } from '../activities/login-hand-off.ts';
import { mayBeHandedOff } from '../domain/login/login-reason.policy.ts';
import { loginOn, store } from './activities.ts';
import { failureOf, isPassing } from './failure-of.ts';
import type { NeedsLogin } from './publish-round.ts';
import type { AccountTurn } from './account-turn.ts';
import type { PublicationRecord } from './publication-record.ts';
import type { RenewedLogin } from './renewed-login.ts';

export type LoginPauseParts = {
  publicationId: string;
  accountId: string;
  record: PublicationRecord;
  turn: AccountTurn;
  renewal: RenewedLogin;
  setCurrentDetails: (text: string) => void;
};

/**
 * What a run does when its account is logged out: it lets a person finish the login where that can be done, else, and when
 * nobody comes, it pauses the account until new credentials arrive.
 */
export function loginPause({ publicationId, accountId, record, turn, renewal, setCurrentDetails }: LoginPauseParts) {
  let tries = 0;

  async function handedOff({ reason, workerId }: NeedsLogin): Promise<Outcome> {
    if (workerId === null || !mayBeHandedOff(reason) || tries >= MOST_TRIES) return 'unanswerable';
    tries += 1;
    setCurrentDetails(`Waits for a person to log in (${reason}), in the browser of ${workerId}`);
    const wait = new CancellationScope();
    try {
      return await wait.run(() => Promise.race([lookedAt(workerId, reason), renewed()]));
    } catch (error) {
      if (isCancellation(error)) throw error;
      return isPassing(failureOf(error).code) ? 'lost' : 'unanswerable';
    } finally {
      wait.cancel(); // whichever of the two is still waited for
    }
  }

  async function lookedAt(workerId: string, reason: string): Promise<HandedOff['outcome']> {
    const summary = `Lets a person log in: ${reason}`;
    return (await loginOn(workerId).handOffLogin.executeWithOptions({ summary }, [{ publicationId }])).outcome;
  }

  async function renewed(): Promise<'renewed'> {
    await renewal.renewed();
    tries = 0;
    return 'renewed';
  }

  /** Until the account's credentials have been uploaded again. */
  async function untilRenewed(message: string): Promise<void> {
    setCurrentDetails(`Waits for new credentials: ${message}`);
    await renewed();
    await record.move('queued', 'new credentials arrived');
  }

  /** Others of the account may go first meanwhile, as soon as it can publish again. */
  async function pause({ code, message, reason }: NeedsLogin): Promise<void> {
    if (code === 'needs_login')
      await store.markNeedsLogin.executeWithOptions({ summary: 'Pauses the account' }, [{ accountId }]);
    await turn.giveBack();
    await untilRenewed(`(${reason}) ${message}`);
  }

  return {
    renewed: untilRenewed,

    /** Returns when another round is worth its while. The turn is kept while somebody logs in: the session is that one's. */
    async again(loggedOut: NeedsLogin): Promise<void> {
      const { code, message, reason } = loggedOut;
      await record.failed('needs_login', { code, message, reason });
      switch (await handedOff(loggedOut)) {
        case 'solved':
          return record.move('queued', 'somebody has logged in');
        case 'lost':
          return record.move('queued', 'the browser of the login was lost; another one asks anew');
        case 'renewed':
          return record.move('queued', 'new credentials arrived');
        case 'expired':
        case 'unanswerable':
        case 'busy':
          return pause(loggedOut);
      }
    },
  };
}

type Outcome = HandedOff['outcome'] | 'renewed' | 'lost';

/** Without new credentials: browsers may die under a person's hands, and a page may ask twice; then it is the page. */
const MOST_TRIES = 3;
