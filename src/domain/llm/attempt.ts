import type { AttemptTrail } from '../../entities/usage-record.ts';
import type { Logger } from '../../infra/logger.ts';
import type { Metrics } from '../../infra/metrics.ts';
import type { UpstreamRates } from '../usage/usage.ts';
import type { Catalog } from './catalog.ts';
import type { Deployment } from './catalog-snapshot.ts';
import { isCallersFault } from './chain.policy.ts';
import type { AttemptOutcome, Choice, Failure, FailureReason } from './chain.policy.ts';
import type { Breaker, CallEnd, Pass } from './health/breaker.ts';
import type { HealthNews } from './health/health-news.ts';
import type { Prepared, ReadyAnswer, UpstreamStream } from './operations/operation.ts';
import { EXPIRED } from './upstream/http.ts';
import type { UpstreamFailure } from './upstream/failure.ts';
import type { UpstreamHttp } from './upstream/http.ts';
import type { Consumption, RateTicket } from '../usage/usage.ts';

export type AttemptDependencies = {
  catalog: Pick<Catalog, 'deployment'>;
  breaker: Breaker;
  news: HealthNews;
  rates: UpstreamRates;
  http: UpstreamHttp;
  now: () => Date;
  metrics: Metrics;
  logger: Logger;
};

export type AttemptInput = {
  choice: Choice;
  prepared: Prepared;
  /** To the whole answer, or to the first event of a stream. A provider's own, shorter one wins. */
  timeoutMs: number;
  /** How long the client still waits, which says nothing about the upstream. */
  clientMs?: number;
  /** Aborts when the caller has gone. */
  signal: AbortSignal;
  /** 0 to 1, for the wait that may follow. */
  random: number;
  /** The provider's leave, where it was asked for before. */
  rate?: RateAnswer | undefined;
};

export type RateAnswer = ReturnType<UpstreamRates['take']>;

/**
 * One attempt at one candidate, seen by both executors. What it was charged by is the price at its start. A cancelled one
 * names its deployment when the request may have reached it.
 */
export type Attempted =
  | { kind: 'answered'; trail: AttemptTrail; deployment: Deployment; seconds: number; answer: ReadyAnswer; used: Used }
  | {
      kind: 'started';
      trail: AttemptTrail;
      deployment: Deployment;
      seconds: number;
      stream: UpstreamStream;
      line: StreamLine;
    }
  | { kind: 'cancelled'; trail: AttemptTrail; deployment: Deployment | null }
  | { kind: 'failed'; trail: AttemptTrail; failure: Failure; message: string; wasSent: Deployment | null };

/** What the provider told, or null; and the text that came, to count instead. */
export type Used = { told: Consumption | null; written: string };

/** A running stream's connection: to be ended with how it went. */
export type StreamLine = { cut: () => void; ended: (end: CallEnd, usedTokens: number) => void };

export type Attempts = ReturnType<typeof createAttempts>;

/** Makes single attempts: past breaker, cool-down and rate, to the upstream, and tells them how it went. */
export function createAttempts(dependencies: AttemptDependencies) {
  const { catalog, breaker, news, rates, http, now, metrics, logger } = dependencies;

  return async function attempt(input: AttemptInput): Promise<Attempted> {
    const startedMs = now().getTime();
    const { choice, random, signal } = input;
    const trail = (outcome: string, status?: number | null): AttemptTrail => ({
      model: choice.modelName,
      provider: choice.providerId,
      outcome,
      ...(status && { status }),
      latencyMs: now().getTime() - startedMs,
    });
    const refused = (reason: FailureReason, retryAfterMs: number | null = null): Attempted => {
      giveBack(input.rate);
      return {
        kind: 'failed',
        trail: trail(reason),
        failure: { kind: 'failed', reason, status: null, retryAfterMs, random },
        message: refusals[reason] ?? reason,
        wasSent: null,
      };
    };

    if (signal.aborted) {
      giveBack(input.rate);
      return { kind: 'cancelled', trail: trail('cancelled'), deployment: null };
    }
    const deployment = catalog.deployment(choice.modelId);
    if (!deployment) return refused('gone');
    const coolingMs = news.coolingMs(choice.providerId);
    if (coolingMs > 0) return refused('cooling', coolingMs);
    const entered = breaker.enter(choice.modelId);
    const pass = entered instanceof Promise ? await entered : entered;
    if (!pass) return refused('resting');
    const ticket = await (input.rate ?? takeRate(rates, deployment, input.prepared));
    if (typeof ticket === 'number') {
      breaker.leave(pass, { how: 'released' });
      return refused('rate-limited', ticket);
    }

    const line = openLine({ deployment, pass, ticket }, input);
    const askedAt = performance.now();
    const reply = await input.prepared.ask({ http, credential: choice.credential, patience: line.patience });
    const seconds = (performance.now() - askedAt) / 1000;
    metrics.llmUpstreamSeconds.observe({ provider: choice.providerId, outcome: reply.kind }, seconds);
    switch (reply.kind) {
      case 'answer': {
        const used = { told: reply.usage, written: reply.written };
        line.ended({ how: 'succeeded' }, tokensOf(used.told ?? input.prepared.estimate(used.written)));
        return { kind: 'answered', trail: trail('answered'), deployment, seconds, answer: reply.answer, used };
      }
      case 'stream':
        line.begun();
        return { kind: 'started', trail: trail('answered'), deployment, seconds, stream: reply.stream, line };
      case 'cancelled':
        line.ended({ how: 'released' }, 0);
        return { kind: 'cancelled', trail: trail('cancelled'), deployment };
      case 'failed': {
        const { message, ...failed } = reply;
        const failure = { ...failed, random };
        const isUpstreams = !isCallersFault(failure) && !line.isClients(failure) && !rotates(failure, choice);
        line.ended(isUpstreams ? { how: 'failed', why: whyOf(failure) } : { how: 'released' }, 0);
        if (isUpstreams) noteFailure(choice, reply);
        if (failure.status === 429) await news.coolDown(choice.providerId, coolDownMs(failure));
        const wasSent = reachedUpstream.has(failure.reason) ? deployment : null;
        return { kind: 'failed', trail: trail(failure.reason, failure.status), failure, message, wasSent };
      }
    }
  };

  /** Its words are for operators; what it says of a refused credential may hold a part of it. */
  function noteFailure({ modelName, providerId }: Choice, { reason, status, message }: UpstreamFailure): void {
    const isAboutUs = status === 401 || status === 402 || status === 403;
    logger.warn({ modelName, providerId, reason, status, ...(!isAboutUs && { message }) }, 'an upstream failed');
  }

  type Opened = { deployment: Deployment; pass: Pass; ticket: RateTicket };

  /** The connection of one attempt: cut by its deadline until it has begun, and by the caller's leaving until it has ended. */
  function openLine({ deployment, pass, ticket }: Opened, { signal, timeoutMs, clientMs = Infinity }: AttemptInput) {
    const { provider } = deployment;
    const controller = new AbortController();
    const cut = () => controller.abort();
    const ourMs = Math.min(timeoutMs, provider.timeoutMs ?? timeoutMs);
    const deadline = setTimeout(() => controller.abort(EXPIRED), Math.min(ourMs, clientMs));
    if (signal.aborted)
      cut(); // the caller went while the breaker and the rate were asked
    else signal.addEventListener('abort', cut, { once: true });
    return {
      patience: { signal: controller.signal, idleMs: provider.idleTimeoutMs ?? STREAM_IDLE_MS },
      cut,
      /** Whether it was the client's patience that ended, and not ours. */
      isClients: ({ reason }: Failure) => reason === 'timeout' && clientMs < ourMs,
      /** From now on it is for who reads the stream to cut it. */
      begun(): void {
        clearTimeout(deadline);
        signal.removeEventListener('abort', cut);
      },
      ended(end: CallEnd, usedTokens: number): void {
        clearTimeout(deadline);
        signal.removeEventListener('abort', cut);
        breaker.leave(pass, end);
        ticket.correct(usedTokens);
      },
    };
  }
}

/** Asks for leave to make one call, at its worst case. */
export function takeRate(
  rates: UpstreamRates,
  { id, provider, ...deployment }: Deployment,
  { worst }: Prepared,
): RateAnswer {
  return rates.take({ providerId: provider.id, modelId: id, provider, deployment, tokens: tokensOf(worst) });
}

/** What the chain policy needs of it. */
export function outcomeOf(attempted: Attempted): AttemptOutcome {
  return attempted.kind === 'failed' ? attempted.failure : { kind: attempted.kind };
}

/** For a call that was not made. */
export function giveBack(rate: RateAnswer | undefined): void {
  void rate?.then((ticket) => typeof ticket === 'object' && ticket.giveBack());
}

/** A stream that says nothing for so long is broken. */
const STREAM_IDLE_MS = 60_000;

const refusals: Partial<Record<FailureReason, string>> = {
  gone: 'The model is no longer offered.',
  resting: 'The model rests after failures.',
  cooling: 'The provider has asked to be left alone for a while.',
  'rate-limited': 'The provider has been asked as often as it may be this minute.',
};

const tokensOf = ({ inputTokens, outputTokens }: Consumption) => inputTokens + outputTokens;

const whyOf = ({ reason, status }: Failure) => (status === null ? reason : `status ${status}`);

/** A refused credential says nothing of the deployment while there is another one to try. */
const rotates = ({ status }: Failure, { credential, credentials }: Choice) =>
  (status === 401 || status === 402 || status === 403) && credential + 1 < credentials;

/** What a provider asks for when it says nothing, and the most that we believe. */
const coolDownMs = ({ retryAfterMs }: Failure) => Math.min(retryAfterMs ?? 250, 60_000);

/** After these nobody knows what the provider has done, and bills. */
const reachedUpstream = new Set<FailureReason>(['timeout', 'network']);
