import { setTimeout as delay } from 'node:timers/promises';
import type { AttemptTrail } from '../../entities/usage-record.ts';
import type { Logger } from '../../infra/logger.ts';
import type { Caller, Usage } from '../usage/usage.ts';
import { outcomeOf } from './attempt.ts';
import type { Attempted, Attempts, JsonObject } from './attempt.ts';
import type { Breaker } from './breaker.ts';
import { openAccount } from './call-account.ts';
import type { CallAccount } from './call-account.ts';
import type { Catalog } from './catalog.ts';
import { newChain, next, start } from './chain.policy.ts';
import type { AttemptOutcome } from './chain.policy.ts';
import type { ChatRequest } from './chat-request.ts';
import { failedChain } from './failed-chain.ts';
import { writtenIn } from './openai-body.ts';
import { planCall } from './pricing.ts';
import type { PlannedCall } from './pricing.ts';
import { spentOn, spentOnNothing } from './spending.ts';
import type { CallStory } from './spending.ts';
import { relay } from './stream-relay.ts';

export type GatewayDependencies = {
  catalog: Catalog;
  breaker: Breaker;
  attempt: Attempts;
  usage: Usage;
  now: () => Date;
  logger: Logger;
};

/** `requestId` is the server's own, never the client's: it is what is charged once. `signal` aborts when the client goes. */
export type ChatCall = { requestId: string; signal: AbortSignal };

/** `events` are the data of each server-sent event, `[DONE]` last; reading them to the end, or leaving early, settles. */
export type ChatResult =
  | { kind: 'answer'; body: JsonObject; receipt: Receipt }
  | { kind: 'stream'; events: AsyncIterable<string>; receipt: Receipt };

/** `costNanos` is null for a stream: it is known at its end. */
export type Receipt = {
  requestId: string;
  model: string;
  provider: string;
  attempts: number;
  costNanos: number | null;
  priceVersion: number;
};

/**
 * The proxy: reserve, go down the chain, settle once whatever happens. Another model is tried only while nothing has gone
 * out to the client.
 * @throws AppError `not_found`, `forbidden`, `invalid_request` by the catalog; `limit_exceeded`, `limits_unavailable` by
 * the limits; `upstream_rejected`, `upstream_timeout`, `upstream_failed` with `details.attempts` when no model answered
 */
export function createGateway({ catalog, breaker, attempt, usage, now, logger }: GatewayDependencies) {
  return async function chat(caller: Caller, request: ChatRequest, call: ChatCall): Promise<ChatResult> {
    const startedMs = now().getTime();
    const plan = planCall(catalog, { requestId: call.requestId, caller, request });
    const account = await openAccount({ usage, logger, call: plan.priced });
    const clock = () => now().getTime() - startedMs;
    const run: Run = { ...call, request, plan, account, clock, attempts: [] };
    try {
      return await answer(run, await goDownTheChain(run, attempt));
    } catch (error) {
      await account.settle(spentOnNothing(request.model, storyOf(run, 'internal'))); // no-op when it was settled
      throw error;
    }
  };

  async function answer(run: Run, { attempted, outcome }: ChainEnd): Promise<ChatResult> {
    const { request, plan, account } = run;
    if (attempted?.kind === 'answered') return whole(run, attempted);
    if (attempted?.kind === 'started') return streaming(run, attempted);
    const error = failedChain(outcome, attempted?.kind === 'failed' ? attempted.message : '', run.attempts);
    const wasSent = attempted?.kind === 'cancelled' ? attempted.deployment : null;
    const story = storyOf(run, wasSent ? CLIENT_GONE : error.code);
    const used = { told: null, inputTokens: plan.inputTokens, written: '' };
    await account.settle(wasSent ? spentOn(wasSent, used, story) : spentOnNothing(request.model, story));
    throw error;
  }

  function streaming(run: Run, { deployment, chunks, pass }: Started): ChatResult {
    const firstTokenMs = run.clock();
    const events = relay({
      chunks,
      signal: run.signal,
      model: deployment.name,
      wantsUsage: run.request.stream_options?.include_usage === true,
      ended: async ({ told, written, how }) => {
        if (how === 'broken') await breaker.leave(pass, 'failed');
        const errorCode = how === 'complete' ? null : how === 'broken' ? 'upstream_failed' : CLIENT_GONE;
        const used = { told, inputTokens: run.plan.inputTokens, written };
        await run.account.settle(spentOn(deployment, used, { ...storyOf(run, errorCode), firstTokenMs }));
      },
    });
    return { kind: 'stream', events, receipt: receiptOf(run, deployment) };
  }
}

type Run = ChatCall & {
  request: ChatRequest;
  plan: PlannedCall;
  account: CallAccount;
  /** Milliseconds since the call came in. */
  clock: () => number;
  attempts: AttemptTrail[];
};
type Answered = Extract<Attempted, { kind: 'answered' }>;
type Started = Extract<Attempted, { kind: 'started' }>;
type ChainEnd = { attempted: Attempted | undefined; outcome: AttemptOutcome };

const CLIENT_GONE = 'client_gone';
/** A client waits at the other end. */
const MAX_WAIT_MS = 20_000;

async function goDownTheChain(run: Run, attempt: Attempts): Promise<ChainEnd> {
  const { request, signal, plan } = run;
  let attempted: Attempted | undefined;
  let step = start(newChain(plan.route, MAX_WAIT_MS));
  while (step.do !== 'stop') {
    if (step.do === 'wait') await delay(step.ms, undefined, { signal }).catch(() => undefined);
    attempted = await attempt({
      choice: step.candidate,
      request,
      stream: request.stream === true,
      timeoutMs: plan.route.timeoutMs,
      signal,
      random: Math.random(),
    });
    run.attempts.push(attempted.trail);
    step = next(step.chain, outcomeOf(attempted));
  }
  return { attempted, outcome: step.outcome };
}

async function whole(run: Run, { deployment, body, usage: told }: Answered): Promise<ChatResult> {
  const used = { told, inputTokens: run.plan.inputTokens, written: told ? '' : writtenIn(body) };
  const spent = spentOn(deployment, used, storyOf(run, null));
  await run.account.settle(spent);
  const receipt = { ...receiptOf(run, deployment), costNanos: spent.costNanos };
  return { kind: 'answer', body: { ...body, model: deployment.name }, receipt };
}

function storyOf({ attempts, request, clock }: Run, errorCode: string | null): CallStory {
  return { attempts, streamed: request.stream === true, latencyMs: clock(), firstTokenMs: null, errorCode };
}

function receiptOf({ requestId, attempts }: Run, { name, provider, priceVersion }: Answered['deployment']): Receipt {
  return { requestId, model: name, provider: provider.id, attempts: attempts.length, costNanos: null, priceVersion };
}
