import type { AttemptTrail } from '../../entities/usage-record.ts';
import type { TokenUsage } from '../usage/usage.ts';
import type { Breaker, CallEnd, Pass } from './breaker.ts';
import type { Catalog } from './catalog.ts';
import type { Deployment } from './catalog-snapshot.ts';
import { isCallersFault } from './chain.policy.ts';
import type { AttemptOutcome, Choice, Failure, FailureReason } from './chain.policy.ts';
import type { ChatRequest } from './chat-request.ts';
import type { createOpenAiUpstream, UpstreamReply } from './upstream/openai.ts';

export type AttemptDependencies = {
  catalog: Pick<Catalog, 'deployment'>;
  breaker: Breaker;
  upstream: ReturnType<typeof createOpenAiUpstream>;
  now: () => Date;
};

export type AttemptInput = {
  choice: Choice;
  request: ChatRequest;
  stream: boolean;
  timeoutMs: number;
  signal: AbortSignal;
  /** 0 to 1, for the wait that may follow. */
  random: number;
};

/**
 * One attempt at one candidate, seen by both executors. What it was charged by is the price at its start. A cancelled one
 * names its deployment when the request may have reached it.
 */
export type Attempted =
  | { kind: 'answered'; trail: AttemptTrail; deployment: Deployment; body: JsonObject; usage: TokenUsage | null }
  | { kind: 'started'; trail: AttemptTrail; deployment: Deployment; chunks: AsyncGenerator<JsonObject>; pass: Pass }
  | { kind: 'cancelled'; trail: AttemptTrail; deployment: Deployment | null }
  | { kind: 'failed'; trail: AttemptTrail; failure: Failure; message: string };

export type JsonObject = Record<string, unknown>;
export type Attempts = ReturnType<typeof createAttempts>;

/** Makes single attempts: through the breaker, to the upstream, and tells the breaker how it went. */
export function createAttempts({ catalog, breaker, upstream, now }: AttemptDependencies) {
  return async function attempt(input: AttemptInput): Promise<Attempted> {
    const startedMs = now().getTime();
    const { choice, random } = input;
    const trail = (outcome: string, status?: number | null): AttemptTrail => ({
      model: choice.modelName,
      provider: choice.providerId,
      outcome,
      ...(status && { status }),
      latencyMs: now().getTime() - startedMs,
    });
    const refused = (reason: FailureReason, message: string): Attempted => ({
      kind: 'failed',
      trail: trail(reason),
      failure: { kind: 'failed', reason, status: null, retryAfterMs: null, random },
      message,
    });

    if (input.signal.aborted) return { kind: 'cancelled', trail: trail('cancelled'), deployment: null };
    const deployment = catalog.deployment(choice.modelId);
    if (!deployment) return refused('gone', 'The model is no longer offered.');
    const pass = await breaker.enter(choice.modelId);
    if (!pass) return refused('resting', 'The model rests after failures.');

    const reply = await upstream.complete(callFor(deployment, input));
    await breaker.leave(pass, endOf(reply, random));
    switch (reply.kind) {
      case 'answer':
        return { ...reply, kind: 'answered', trail: trail('answered'), deployment };
      case 'stream':
        return { kind: 'started', trail: trail('answered'), deployment, chunks: reply.chunks, pass };
      case 'cancelled':
        return { kind: 'cancelled', trail: trail('cancelled'), deployment };
      case 'failed': {
        const { message, ...failure } = reply;
        return {
          kind: 'failed',
          trail: trail(reply.reason, reply.status),
          failure: { ...failure, random },
          message,
        };
      }
    }
  };
}

/** What the chain policy needs of it. */
export function outcomeOf(attempted: Attempted): AttemptOutcome {
  return attempted.kind === 'failed' ? attempted.failure : { kind: attempted.kind };
}

function callFor({ provider, upstreamName }: Deployment, { request, choice, stream, timeoutMs, signal }: AttemptInput) {
  return {
    baseUrl: provider.baseUrl,
    credential: provider.credentials[choice.credential] ?? null,
    body: { ...request, model: upstreamName },
    stream,
    timeoutMs,
    signal,
  };
}

/** A refusal of what the caller sent, or a caller who has gone, says nothing about the upstream. */
function endOf(reply: UpstreamReply, random: number): CallEnd {
  if (reply.kind === 'answer' || reply.kind === 'stream') return 'succeeded';
  if (reply.kind === 'cancelled') return 'released';
  return isCallersFault({ ...reply, random }) ? 'released' : 'failed';
}
