import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import type { PublicationEnd } from '../activities/publishing.ts';
import { accountTurn } from './account-turn.ts';
import { currentDetails } from './current-details.ts';
import { failureOf } from './failure-of.ts';
import { loginPause } from './login-pause.ts';
import { moreRounds } from './more-rounds.ts';
import { movablePlan } from './movable-plan.ts';
import { publishRound } from './publish-round.ts';
import type { Again, RoundOutcome } from './publish-round.ts';
import { publicationRecord } from './publication-record.ts';
import { renewedLogin } from './renewed-login.ts';

export type PublishInput = {
  publicationId: string;
  accountId: string;
  /** ISO-8601; null for at once. */
  dueAt: string | null;
};

/** One publication to one account: at its time, in its turn, and once. */
export async function publish({ publicationId, accountId, dueAt }: PublishInput): Promise<{ state: string }> {
  const { setCurrentDetails, linkEvidence } = currentDetails();
  const record = publicationRecord(publicationId);
  const plan = movablePlan(dueAt, record);
  const turn = accountTurn(accountId, { plan, record, setCurrentDetails });
  const login = loginPause({ publicationId, accountId, record, turn, renewal: renewedLogin(), setCurrentDetails });
  try {
    return await plan.run(async () => {
      setCurrentDetails(dueAt ? `Waits until ${dueAt}` : 'Starts');
      const { isMine, mostLateMs, evidenceUrl } = await record.started();
      if (!isMine) return { state: 'of another run' };
      linkEvidence(evidenceUrl);
      for (;;) {
        if (plan.isPutOff()) await leaveQueue();
        const lateMs = await plan.due();
        if (lateMs === null) continue;
        plan.refuseCancelled();
        if (lateMs > mostLateMs) return await CancellationScope.nonCancellable(() => missed(lateMs));
        const outcome = await roundsUntilKnown();
        if (outcome.kind !== 'moved') return await CancellationScope.nonCancellable(() => finish(outcome));
      }
    });
  } catch (error) {
    return await CancellationScope.nonCancellable(() => giveUp(error));
  }

  /** What was in no queue has left none: so it is with what was moved before it was due. */
  async function leaveQueue() {
    setCurrentDetails(`Waits until ${plan.dueAt()}`);
    await turn.giveBack();
    await record.move('scheduled', 'moved to a later time');
  }

  async function roundsUntilKnown(): Promise<Known> {
    const more = moreRounds();
    for (;;) {
      if (plan.isEarly()) return { kind: 'moved' };
      const taken = await turn.take();
      if (taken.kind === 'moved') return taken;
      if (taken.kind === 'needs_login') {
        await login.renewed(taken.message);
        continue;
      }
      setCurrentDetails(`Round ${more.round()}: prepares the draft, then publishes it`);
      const outcome = await publishRound({ publicationId, accountId, plan });
      const isOpen = outcome.kind === 'needs_login' || outcome.kind === 'again' || outcome.kind === 'failed';
      if (isOpen && plan.isEarly()) return { kind: 'moved' };
      if (outcome.kind === 'needs_login') await login.again(outcome);
      else if (outcome.kind !== 'again') return outcome;
      else if (outcome.code === 'risk_signal') await coolDown(outcome.signal);
      else {
        const pauseMs = more.pauseAfter(outcome.code);
        if (pauseMs === null) return failedAfter(outcome);
        await sleep(pauseMs, { summary: 'Until the next round' });
      }
    }
  }

  function missed(lateMs: number) {
    setCurrentDetails('Missed its time');
    const note = `nobody was there to publish it: ${Math.round(lateMs / 60_000)} minutes late`;
    return end({ to: 'missed', note });
  }

  function finish(outcome: Exclude<Known, { kind: 'moved' }>) {
    setCurrentDetails(`Ended: ${outcome.kind}`);
    return end(endOf(outcome));
  }

  /** Its place in the queue is kept by its time. */
  async function coolDown(signal: string) {
    await record.coolDown(accountId, signal);
    turn.isGivenBack();
  }

  function giveUp(error: unknown) {
    if (isCancellation(error)) {
      setCurrentDetails('Cancelled');
      return end({ to: 'cancelled', note: 'cancelled before anything was published' });
    }
    const { code, message } = failureOf(error);
    setCurrentDetails(`Failed: ${code}`);
    return end({ to: 'failed', code, message });
  }

  /** Nothing is accepted any more; the row is at its end when all else is done, so that what is begun anew finds nothing left. */
  async function end(how: PublicationEnd) {
    plan.close();
    await plan.allWritten();
    await record.ended(accountId, how);
    return { state: how.to };
  }
}

type Known = Exclude<RoundOutcome, { kind: 'again' | 'needs_login' }>;

const endOf = (outcome: Exclude<Known, { kind: 'moved' }>): PublicationEnd => {
  if (outcome.kind !== 'published') return { to: outcome.kind, code: outcome.code, message: outcome.message };
  const { postId, url, note } = outcome;
  return { to: 'published', postId, url, note };
};

const failedAfter = ({ code, why: message }: Again): Known => {
  return { kind: 'failed', code: code === 'selector_drift' ? code : 'unavailable', message };
};
