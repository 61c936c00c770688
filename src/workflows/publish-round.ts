import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import { loginReasonOf } from '../domain/login/login-reason.policy.ts';
import type { LoginReason } from '../entities/publication.ts';
import { anyBrowser, browserOn, store } from './activities.ts';
import { failureOf, isPassing } from './failure-of.ts';
import type { StepFailure } from './failure-of.ts';
import type { MovablePlan } from './movable-plan.ts';
import { publicationRecord } from './publication-record.ts';

export type RoundOutcome =
  | { kind: 'published'; postId: string; url: string; note: string }
  | { kind: 'failed' | 'unconfirmed'; code: string; message: string }
  | NeedsLogin
  /** Its owner wants it later. */
  | { kind: 'moved' }
  | Again;

/** `needs_grant` when it is this publication that lacks something, and not the account. */
export type NeedsLogin = {
  kind: 'needs_login';
  code: 'needs_login' | 'needs_grant';
  message: string;
  reason: LoginReason;
  /** Whose browser was asked; null before there was one. */
  workerId: string | null;
};

export type Again = { kind: 'again'; code: string; why: string; signal: string };

export type Round = { publicationId: string; accountId: string; plan: MovablePlan };

/**
 * Prepares, commits once, and settles when the commit did not answer. Ends with `again` only when it is certain that
 * nothing was published.
 */
export async function publishRound(round: Round): Promise<RoundOutcome> {
  const prepared = await prepareLatest(round);
  round.plan.refuseCancelled();
  if (prepared.kind !== 'prepared') return prepared;
  if (round.plan.isEarly()) return { kind: 'moved' };

  round.plan.close(); // from here on a cancel is told: too late, settling
  return CancellationScope.nonCancellable(() => commitOrSettle(round, prepared));
}

/** What was edited while the draft was being filled is filled in again: accepted is what gets published. */
async function prepareLatest(round: Round) {
  for (;;) {
    const seen = await round.plan.edits();
    const prepared = await prepare(round);
    if (round.plan.isLatest(seen) || !isOfContent(prepared)) return prepared;
  }
}

/** Whether another content might have another outcome; what looks like a changed page is sometimes a content that it does not take. */
const isOfContent = (prepared: Awaited<ReturnType<typeof prepare>>): boolean =>
  prepared.kind === 'prepared' || prepared.kind === 'failed' || (prepared.kind === 'again' && prepared.code === DRIFT);

/** The same draft is continued by whichever worker comes next, so this may be repeated for as long as it takes. */
async function prepare({ publicationId, accountId }: Round) {
  let workerId: string | null = null;
  try {
    workerId = await reserve(accountId);
    const { commitRound } = await publicationRecord(publicationId).beginRound();
    const summary = 'Fills the editor, saves the draft';
    await browserOn(workerId).preparePost.executeWithOptions({ summary }, [{ publicationId, round: commitRound }]);
    return { kind: 'prepared', workerId, commitRound } as const;
  } catch (error) {
    if (isCancellation(error)) throw error;
    const { code, message, details } = failureOf(error);
    if (code === 'needs_login' || code === 'needs_grant')
      return { kind: 'needs_login', code, message, reason: loginReasonOf(details), workerId } as const;
    if (isPassing(code) || code === DRIFT) return againAfter({ code, message, details });
    return { kind: 'failed', code, message } as const;
  }
}

/** @returns with the name of the signal, where a risk was signalled */
function againAfter({ code, message, details }: StepFailure): Again {
  const signal = details?.['signal'];
  return { kind: 'again', code, why: message, signal: typeof signal === 'string' ? signal : 'unknown' };
}

type Prepared = { workerId: string; commitRound: number };

async function commitOrSettle(round: Round, { workerId, commitRound }: Prepared): Promise<RoundOutcome> {
  const { publicationId, accountId, plan } = round;
  const record = publicationRecord(publicationId);
  try {
    const click = { publicationId, round: commitRound };
    const post = await browserOn(workerId).commitPost.executeWithOptions({ summary: 'Clicks "publish", once' }, [
      click,
    ]);
    return { kind: 'published', ...post, note: 'the platform confirmed' };
  } catch (error) {
    // After the click every error means "unknown", never "not published": so look before anything else.
    const { neverClicked } = await record.closeRound(commitRound);
    if (neverClicked) {
      plan.reopen();
      return againAfter(failureOf(error));
    }
  }
  await record.move('settling', 'the commit did not answer; looks at the platform');
  const settlement = await lookAtPlatform({ publicationId, accountId });
  switch (settlement.outcome) {
    case 'published':
      return { kind: 'published', postId: settlement.postId, url: settlement.url, note: 'found on the platform' };
    case 'not_published':
      await record.reopen(commitRound);
      plan.reopen();
      return againAfter({ code: 'not_published', message: 'the platform does not have the post', details: null });
    case 'unknown':
      return { kind: 'unconfirmed', code: 'unconfirmed', message: settlement.reason };
  }
}

/** Read-only, so it goes from worker to worker until one can look. */
async function lookAtPlatform({ publicationId, accountId }: Pick<Round, 'publicationId' | 'accountId'>) {
  for (let look = 1; ;) {
    try {
      const workerId = await reserve(accountId);
      const summary = 'Looks for the post on the platform';
      return await browserOn(workerId).settlePost.executeWithOptions({ summary }, [{ publicationId }]);
    } catch (error) {
      const failure = failureOf(error);
      const { code, message } = failure;
      if (look >= MOST_LOOKS || !isPassing(code)) return { outcome: 'unknown', reason: message } as const;
      if (code !== 'browser_busy') look += 1; // else nobody has looked
      if (code === 'risk_signal') await rest(accountId, againAfter(failure).signal);
      else await sleep(BETWEEN_LOOKS_MS, { summary: 'Until it looks again' });
    }
  }
}

/** The turn is kept: before the outcome is known nothing else is published there. */
async function rest(accountId: string, signal: string): Promise<void> {
  const summary = `Lets the account rest: ${signal}`;
  const { until } = await store.coolDown.executeWithOptions({ summary }, [{ accountId, publicationId: null, signal }]);
  await sleep(Math.max(1, Date.parse(until) - Date.now()), { summary: 'The account rests' });
}

async function reserve(accountId: string): Promise<string> {
  const summary = "Finds a browser for the account's session";
  return (await anyBrowser.reserveSession.executeWithOptions({ summary }, [{ accountId }])).workerId;
}

/** A page that comes too slowly looks like one that has changed: it is believed after several rounds. */
const DRIFT = 'selector_drift';
const MOST_LOOKS = 10;
const BETWEEN_LOOKS_MS = 2_000;
