import { CancellationScope, isCancellation, patched, sleep } from '@temporalio/workflow';
import type { PublicationEnd } from '../activities/publishing.ts';
import { accountTurn } from './account-turn.ts';
import type { AccountTurn } from './account-turn.ts';
import { currentDetails } from './current-details.ts';
import { failureOf } from './failure-of.ts';
import { loginPause } from './login-pause.ts';
import { movablePlan } from './movable-plan.ts';
import { endOfOld, turnOfOld } from './publish-of-old.ts';
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

/** One publication to one account: at its time, in its turn, and once. */
export async function publish({ publicationId, accountId, dueAt }: PublishInput): Promise<{ state: string }> {
  const { setCurrentDetails, linkEvidence } = currentDetails();
  const record = publicationRecord(publicationId);
  const plan = movablePlan(dueAt, record);
  const takesTurns = patched('account-turns');
  const turn: AccountTurn = takesTurns ? accountTurn(accountId, { plan, record, setCurrentDetails }) : turnOfOld;
  const login = loginPause({ publicationId, accountId, record, turn, renewal: renewedLogin(), setCurrentDetails });
  try {
    return await plan.run(async () => {
      setCurrentDetails(dueAt ? `Waits until ${dueAt}` : 'Starts');
      const { isMine, mostLateMs } = await begin();
      if (!isMine) return { state: 'of another run' };
      if (dueAt === null && plan.isEarly()) await record.move('scheduled', 'moved to a later time');
      for (;;) {
        const lateMs = await plan.due();
        if (lateMs > mostLateMs) return await CancellationScope.nonCancellable(() => missed(lateMs));
        if (!takesTurns) await record.move('queued', 'due');
        const outcome = await roundsUntilKnown();
        if (outcome.kind !== 'moved') return await CancellationScope.nonCancellable(() => finish(outcome));
        setCurrentDetails('Waits for its new time');
        await turn.giveBack();
        await record.move('scheduled', 'moved to a later time');
      }
    });
  } catch (error) {
    return await CancellationScope.nonCancellable(() => giveUp(error));
  }

  async function begin() {
    if (!takesTurns && !patched('row-knows-its-run')) return { isMine: true, mostLateMs: Infinity };
    plan.follow();
    const started = await record.started();
    linkEvidence(started.evidenceUrl);
    return started;
  }

  async function roundsUntilKnown(): Promise<Known> {
    for (let round = 1; ;) {
      if (plan.isEarly()) return { kind: 'moved' };
      const taken = await turn.take();
      if (taken.kind === 'moved') return taken;
      if (taken.kind === 'needs_login') {
        await login.renewed(taken.message);
        continue;
      }
      setCurrentDetails(`Round ${round}: prepares the draft, then publishes it`);
      const outcome = await publishRound({ publicationId, accountId, plan });
      const isOpen = outcome.kind === 'needs_login' || outcome.kind === 'again' || outcome.kind === 'failed';
      if (isOpen && plan.isEarly()) return { kind: 'moved' };
      if (outcome.kind === 'needs_login') await login.again(outcome);
      else if (outcome.kind !== 'again') return outcome;
      else if (outcome.code === 'risk_signal') await coolDown(outcome.signal);
      else if (outcome.code === 'browser_busy')
        await sleep(BETWEEN_ROUNDS_MS); // a rush must not fail who comes last
      else if (round === (takesTurns ? MOST_ROUNDS : MOST_ROUNDS_OF_OLD))
        return { kind: 'failed', code: 'unavailable', message: outcome.why };
      else await sleep(BETWEEN_ROUNDS_MS * round++);
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
    const { until } = await record.coolDown(accountId, signal);
    turn.isGivenBack();
    if (!takesTurns) await sleep(Math.max(1, Date.parse(until) - Date.now()));
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
    if (takesTurns) await record.ended(accountId, how);
    else await endOfOld(record, how);
    return { state: how.to };
  }
}

type Known = Exclude<RoundOutcome, { kind: 'again' | 'needs_login' }>;

const endOf = (outcome: Exclude<Known, { kind: 'moved' }>): PublicationEnd => {
  if (outcome.kind !== 'published') return { to: outcome.kind, code: outcome.code, message: outcome.message };
  const { postId, url, note } = outcome;
  return { to: 'published', postId, url, note };
};

/** With growing pauses between them a quarter of an hour and more: a site's bad moment costs nobody a post. */
const MOST_ROUNDS = 30;
const MOST_ROUNDS_OF_OLD = 8;
const BETWEEN_ROUNDS_MS = 2_000;
