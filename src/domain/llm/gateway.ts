import { setTimeout as delay } from 'node:timers/promises';
import type { AttemptTrail } from '../../entities/usage-record.ts';
import type { Metrics } from '../../infra/metrics.ts';
import type { Caller, Reservation, Spent, Usage } from '../usage/usage.ts';
import { AppError } from '../../errors.ts';
import { giveBack, outcomeOf, takeRate } from './attempt.ts';
import type { Attempted, Attempts, RateAnswer, Used } from './attempt.ts';
import { openAccount } from './call-account.ts';
import type { CallAccount } from './call-account.ts';
import type { Catalog } from './catalog.ts';
import type { Deployment } from './catalog-snapshot.ts';
import { newChain, next, start, withoutRetries } from './chain.policy.ts';
import type { AttemptOutcome, NextStep } from './chain.policy.ts';
import { failedChain } from './failed-chain.ts';
import type { Operation, ReadyAnswer } from './operations/operation.ts';
import { planCall } from './plan.ts';
import type { Plan } from './plan.ts';
import { receiptOf } from './receipt.ts';
import type { Receipt } from './receipt.ts';
import { RetryBudget } from './retry-budget.ts';
import { spentOn, spentOnNothing } from './spending.ts';
import type { CallStory } from './spending.ts';
import { sendStream } from './streams/send-stream.ts';
import type { TextStream } from './streams/text-stream.ts';

export type GatewayDependencies = {
  catalog: Catalog;
  attempt: Attempts;
  usage: Usage;
  now: () => Date;
  metrics: Metrics;
  /** What becomes of an upstream whose client has gone: cut, or read to its end for the exact usage. */
  whenClientLeaves: 'cancel' | 'drain';
};

/**
 * `requestId` is the server's own, never the client's: it is what is charged once. `signal` aborts when the client goes;
 * `deadlineMs` is how long the client will wait, from now.
 */
export type Call = { requestId: string; signal: AbortSignal; deadlineMs?: number };

/** The texts of a stream are as they go out. It settles at its end, or when its client leaves. */
export type Result =
  { kind: 'answer'; answer: ReadyAnswer; receipt: Receipt } | { kind: 'stream'; texts: TextStream; receipt: Receipt };

/**
 * The gateway: reserve, go down the chain, settle once whatever happens. Another deployment is tried only while nothing
 * has gone out to the client. The settlement is sent before the answer and not waited for.
 * @throws AppError `not_found`, `forbidden`, `invalid_request` by the catalog and the formats; `limit_exceeded`,
 * `limits_unavailable` by the limits; `upstream_rejected`, `upstream_busy`, `upstream_timeout`, `upstream_failed` with
 * `details.attempts` when no model answered
 */
export function createGateway({ catalog, attempt, usage, now, metrics, whenClientLeaves }: GatewayDependencies) {
  const budget = new RetryBudget();

  return async function call(caller: Caller, operation: Operation, { deadlineMs, ...who }: Call): Promise<Result> {
    const startedMs = now().getTime();
    const startedAt = performance.now();
    const admitted = await admit({ requestId: who.requestId, caller, operation });
    const account = openAccount(usage, admitted.reservation.hold);
    const clock = () => now().getTime() - startedMs;
    const run: Run = { ...who, ...admitted, operation, account, clock, startedAt, attempts: [], deadlineMs };
    try {
      budget.deposit();
      return answer(run, await goDownTheChain(run));
    } catch (error) {
      account.settle(spentOnNothing(operation.model, storyOf(run, 'internal'))); // no-op when it was settled
      throw error;
    }
  };

  async function admit(wanted: Parameters<typeof planCall>[1]): Promise<Admitted> {
    let plan: Plan;
    let rate: RateAnswer | undefined;
    try {
      plan = planCall(catalog, wanted);
      rate = rateOfFirst(plan);
      return { plan, rate, reservation: await usage.reserve(plan.priced) };
    } catch (error) {
      giveBack(rate);
      if (error instanceof AppError) metrics.llmRefusals.inc(refusalOf(error));
      throw error;
    }
  }

  /** Asked for together with the reservation, which saves a journey; nearly every call is answered by its first candidate. */
  function rateOfFirst({ route, prepared }: Plan): RateAnswer | undefined {
    const id = route.candidates[0]?.modelId ?? '';
    const [deployment, ready] = [catalog.deployment(id), prepared.get(id)];
    return deployment && ready ? takeRate(usage.upstreamRates, deployment, ready) : undefined;
  }

  async function goDownTheChain(run: Run): Promise<ChainEnd> {
    const { signal, plan, deadlineMs = Infinity, clock } = run;
    const end: ChainEnd = { attempted: undefined, outcome: { kind: 'cancelled' }, lost: null };
    let step = start(newChain(plan.route, MAX_WAIT_MS));
    while (step.do !== 'stop') {
      step = await waited(step, run);
      if (step.do === 'stop') break;
      const clientMs = deadlineMs - clock();
      if (clientMs < LEAST_CLIENT_MS) {
        if (run.attempts.length === 0) giveBack(run.rate);
        return { ...end, outcome: clientsPatienceEnded };
      }
      const prepared = plan.prepared.get(step.candidate.modelId);
      if (!prepared) throw new Error('a candidate that was not prepared');
      end.attempted = await attempt({
        choice: step.candidate,
        prepared,
        timeoutMs: plan.route.timeoutMs,
        clientMs,
        signal,
        random: Math.random(),
        rate: run.attempts.length === 0 ? run.rate : undefined,
      });
      run.attempts.push(end.attempted.trail);
      if (end.attempted.kind === 'failed') end.lost = end.attempted.wasSent ?? end.lost;
      step = next(step.chain, outcomeOf(end.attempted));
    }
    return { ...end, outcome: step.outcome };
  }

  /** A wait is a retry: it needs the budget's leave, and the time of the client. */
  async function waited(step: Going, { signal, deadlineMs = Infinity, clock }: Run): Promise<NextStep> {
    if (step.do === 'try') return step;
    const inTime = clock() + step.ms < deadlineMs;
    if (!inTime || !budget.withdraw()) return next(withoutRetries(step.chain), step.because);
    await delay(step.ms, undefined, { signal }).catch(() => undefined);
    return step;
  }

  function answer(run: Run, { attempted, outcome, lost }: ChainEnd): Result {
    if (attempted?.kind === 'answered') return whole(run, attempted);
    if (attempted?.kind === 'started') return streaming(run, attempted);
    const error = failedChain(outcome, attempted?.kind === 'failed' ? attempted.message : '', run.attempts);
    const isCancelled = attempted?.kind === 'cancelled';
    const asked = isCancelled ? (attempted.deployment ?? lost) : lost;
    const story = storyOf(run, isCancelled ? CLIENT_GONE : error.code);
    run.account.settle(asked ? billed(run, { deployment: asked, used: unknownUse, story }) : nothingSpent(run, story));
    throw error;
  }

  function streaming(run: Run, { deployment, seconds, stream, line }: Started): Result {
    const firstTokenMs = run.clock();
    noteOverhead(run, seconds);
    metrics.llmFirstTokenSeconds.observe({ model: deployment.name }, (performance.now() - run.startedAt) / 1000);
    metrics.llmStreamsOpen.inc();
    const texts = sendStream({
      stream,
      signal: run.signal,
      whenClientLeaves,
      cut: line.cut,
      ended(how) {
        metrics.llmStreamsOpen.dec();
        const errorCode = how === 'complete' ? null : how === 'broken' ? 'upstream_failed' : CLIENT_GONE;
        const used = { told: stream.relay.usage(), written: stream.relay.written() };
        const story = { ...storyOf(run, errorCode), firstTokenMs };
        const spent = billed(run, { deployment, used, story });
        run.account.settle(spent);
        const end = how === 'broken' ? ({ how: 'failed', why: 'the stream broke' } as const) : { how: ends[how] };
        line.ended(end, spent.inputTokens + spent.outputTokens);
      },
    });
    return { kind: 'stream', texts, receipt: receiptOf(run, { deployment, costNanos: null }) };
  }

  function whole(run: Run, { deployment, seconds, answer: ready, used }: Answered): Result {
    noteOverhead(run, seconds);
    const spent = billed(run, { deployment, used, story: storyOf(run, null) });
    run.account.settle(spent);
    return { kind: 'answer', answer: ready, receipt: receiptOf(run, { deployment, costNanos: spent.costNanos }) };
  }

  /** Of calls that needed one attempt: waits between attempts are not the gateway's own time. */
  function noteOverhead({ operation, attempts, startedAt }: Run, upstreamSeconds: number): void {
    if (attempts.length > 1) return;
    const seconds = (performance.now() - startedAt) / 1000 - upstreamSeconds;
    metrics.llmOverheadSeconds.observe({ operation: operation.name }, seconds);
  }
}

type Admitted = { plan: Plan; rate: RateAnswer | undefined; reservation: Reservation };
type Run = Omit<Call, 'deadlineMs'> &
  Admitted & {
    operation: Operation;
    account: CallAccount;
    /** Milliseconds since the call came in. */
    clock: () => number;
    /** Of the monotonic clock. */
    startedAt: number;
    attempts: AttemptTrail[];
    deadlineMs: number | undefined;
  };
type Going = Exclude<NextStep, { do: 'stop' }>;
type Answered = Extract<Attempted, { kind: 'answered' }>;
type Started = Extract<Attempted, { kind: 'started' }>;
/** `lost`: the last deployment that may have done work of which nothing came back. */
type ChainEnd = { attempted: Attempted | undefined; outcome: AttemptOutcome; lost: Deployment | null };

const unknownUse: Used = { told: null, written: '' };
const CLIENT_GONE = 'client_gone';
const ends = { complete: 'succeeded', left: 'released' } as const;
/** With less than this left nobody is asked any more. */
const LEAST_CLIENT_MS = 5;
const clientsPatienceEnded: AttemptOutcome = {
  kind: 'failed',
  reason: 'timeout',
  status: null,
  retryAfterMs: null,
  random: 0,
};
/** A client waits at the other end. */
const MAX_WAIT_MS = 20_000;

type Bill = { deployment: Deployment; used: Used; story: CallStory };

function billed({ plan }: Run, { deployment, used: { told, written }, story }: Bill): Spent {
  const used = told ?? plan.prepared.get(deployment.id)?.estimate(written);
  if (!used) throw new Error('a deployment that was not prepared');
  return spentOn({ deployment, used, estimated: told === null }, story);
}

function refusalOf({ code, details = {} }: AppError): Record<'code' | 'scope' | 'limit', string> {
  const { scope, limit } = details;
  return { code, scope: typeof scope === 'string' ? scope : '', limit: typeof limit === 'string' ? limit : '' };
}

const nothingSpent = ({ operation }: Run, story: CallStory) => spentOnNothing(operation.model, story);

function storyOf({ attempts, operation, clock }: Run, errorCode: string | null): CallStory {
  return { attempts, streamed: operation.streamed, latencyMs: clock(), firstTokenMs: null, errorCode };
}
