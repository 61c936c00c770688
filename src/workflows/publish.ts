import { CancellationScope, isCancellation, patched, setCurrentDetails, sleep } from '@temporalio/workflow';
import { store } from './activities.ts';
import { failureOf } from './failure-of.ts';
import { movablePlan } from './movable-plan.ts';
import { publishRound } from './publish-round.ts';
import type { RoundOutcome } from './publish-round.ts';
import { publicationRecord } from './publication-record.ts';
import { renewedLogin } from './renewed-login.ts';

export type PublishInput = {
  publicationId: string;
  accountId: string;
  /** ISO-8601; null for at once. */
  dueAt: string | null;
};

/** One publication to one account: at its time, and once. */
export async function publish({ publicationId, accountId, dueAt }: PublishInput): Promise<{ state: string }> {
  const record = publicationRecord(publicationId);
  const plan = movablePlan(dueAt, record);
  const login = renewedLogin();
  try {
    return await plan.run(async () => {
      setCurrentDetails(dueAt ? `Waits until ${dueAt}` : 'Starts');
      const { mostLateMs } = patched('row-knows-its-run') ? await record.started() : { mostLateMs: Infinity };
      for (;;) {
        const lateMs = await plan.due();
        if (lateMs > mostLateMs) return await CancellationScope.nonCancellable(() => missed(lateMs));
        await record.move('queued', 'due');
        const outcome = await roundsUntilKnown();
        if (outcome.kind !== 'moved') return await CancellationScope.nonCancellable(() => finish(outcome));
        setCurrentDetails('Waits for its new time');
        await record.move('scheduled', 'moved to a later time');
      }
    });
  } catch (error) {
    return await CancellationScope.nonCancellable(() => giveUp(error));
  }

  async function roundsUntilKnown(): Promise<Known> {
    for (let round = 1; ;) {
      setCurrentDetails(`Round ${round}: prepares the draft, then publishes it`);
      const outcome: RoundOutcome = plan.isEarly()
        ? { kind: 'moved' }
        : await publishRound({ publicationId, accountId, plan });
      if (outcome.kind === 'needs_login') await pauseForLogin(outcome.message);
      else if (outcome.kind !== 'again') return outcome;
      else if (outcome.code === 'browser_busy')
        await sleep(BETWEEN_ROUNDS_MS); // a rush must not fail who comes last
      else if (round === MOST_ROUNDS) return { kind: 'failed', code: 'unavailable', message: outcome.why };
      else await sleep(BETWEEN_ROUNDS_MS * round++);
    }
  }

  async function missed(lateMs: number) {
    setCurrentDetails('Missed its time');
    await record.move('missed', `nobody was there to publish it: ${Math.round(lateMs / 60_000)} minutes late`);
    return end('missed');
  }

  async function finish(outcome: Exclude<Known, { kind: 'moved' }>) {
    setCurrentDetails(`Ended: ${outcome.kind}`);
    if (outcome.kind === 'published') await record.published(outcome);
    else await record.failed(outcome.kind, outcome);
    return end(outcome.kind);
  }

  async function pauseForLogin(message: string) {
    setCurrentDetails(`Waits for new credentials: ${message}`);
    await record.failed('needs_login', { code: 'needs_login', message });
    await store.markNeedsLogin.executeWithOptions({ summary: 'Pauses the account' }, [{ accountId }]);
    await login.renewed();
    await record.move('queued', 'new credentials arrived');
  }

  async function giveUp(error: unknown) {
    if (isCancellation(error)) {
      setCurrentDetails('Cancelled');
      await record.move('cancelled', 'cancelled before anything was published');
      return end('cancelled');
    }
    const { code, message } = failureOf(error);
    setCurrentDetails(`Failed: ${code}`);
    await record.failed('failed', { code, message });
    return end('failed');
  }

  async function end(state: string) {
    await plan.allWritten();
    await record.forgetGrant();
    return { state };
  }
}

type Known = Exclude<RoundOutcome, { kind: 'again' | 'needs_login' }>;

const MOST_ROUNDS = 8;
const BETWEEN_ROUNDS_MS = 2_000;
