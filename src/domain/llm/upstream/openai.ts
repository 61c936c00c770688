import { Agent, request } from 'undici';
import type { Dispatcher } from 'undici';
import { z } from 'zod';
import { failureOfError, failureOfStatus } from './failure.ts';
import type { UpstreamFailure } from './failure.ts';
import { isError, usageIn } from '../openai-body.ts';
import { readEvents } from './sse.ts';

export type UpstreamCall = {
  baseUrl: string;
  credential: string | null;
  /** In the OpenAI format, with the upstream's own model name. */
  body: Record<string, unknown>;
  stream: boolean;
  /** To the whole answer, or to the first event of a stream. */
  timeoutMs: number;
  /** Aborted when the caller has gone. */
  signal: AbortSignal;
};

/** `chunks` throws when the stream breaks before its end; leaving it early cancels the upstream. */
export type UpstreamReply =
  | { kind: 'answer'; body: Record<string, unknown>; usage: ReturnType<typeof usageIn> }
  | { kind: 'stream'; chunks: AsyncGenerator<Record<string, unknown>> }
  | { kind: 'cancelled' }
  | UpstreamFailure;

/** One attempt at an upstream that speaks OpenAI's chat format. Never throws, and writes neither bodies nor keys to a log. */
export function createOpenAiUpstream({ now }: { now: () => Date }) {
  const agent = new Agent({ headersTimeout: 0, bodyTimeout: STREAM_IDLE_MS, connect: { timeout: CONNECT_MS } });

  async function complete(call: UpstreamCall): Promise<UpstreamReply> {
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), call.timeoutMs);
    const signal = AbortSignal.any([call.signal, deadline.signal]);
    try {
      const response = await request(`${call.baseUrl.replace(/\/$/, '')}/chat/completions`, {
        method: 'POST',
        headers: headersFor(call),
        body: JSON.stringify(bodyFor(call)),
        dispatcher: agent,
        signal,
      });
      if (response.statusCode !== 200) return await failureOfStatus(response, now());
      return call.stream ? await streamOf(response) : await answerOf(response);
    } catch (error) {
      if (call.signal.aborted) return { kind: 'cancelled' };
      return failureOfError(deadline.signal.aborted ? 'timeout' : error);
    } finally {
      clearTimeout(timer);
    }
  }

  return { complete, close: () => agent.destroy() };
}

const CONNECT_MS = 5_000;
/** A stream that says nothing for so long is broken. */
const STREAM_IDLE_MS = 60_000;

const json = z.record(z.string(), z.unknown());
const completion = z.looseObject({ choices: z.array(z.looseObject({})).min(1) });

function headersFor({ credential, stream }: UpstreamCall): Record<string, string> {
  return {
    'content-type': 'application/json',
    accept: stream ? 'text/event-stream' : 'application/json',
    ...(credential !== null && { authorization: `Bearer ${credential}` }),
  };
}

/** Usage is asked for whether or not the caller did: it is what we charge by. */
function bodyFor({ body, stream }: UpstreamCall): Record<string, unknown> {
  const { stream: _, stream_options, ...rest } = body;
  if (!stream) return rest;
  const options = json.safeParse(stream_options).data;
  return { ...rest, stream: true, stream_options: { ...options, include_usage: true } };
}

async function answerOf({ body }: Dispatcher.ResponseData): Promise<UpstreamReply> {
  const text = await body.text();
  const answer = completion.safeParse(parseJson(text)).data;
  return answer ? { kind: 'answer', body: answer, usage: usageIn(answer) } : badAnswer('The answer was no completion.');
}

/** Waits for the first event: until it has come, nothing has gone out and another model may still be tried. */
async function streamOf({ body }: Dispatcher.ResponseData): Promise<UpstreamReply> {
  const events = readEvents(body);
  const first = await events.next();
  if (first.done) return badAnswer('The stream ended before it began.');
  if (isError(first.value)) {
    await events.return(undefined);
    return badAnswer('The stream began with an error.');
  }
  return { kind: 'stream', chunks: startingWith(first.value, events) };
}

async function* startingWith<T>(first: T, others: AsyncGenerator<T>): AsyncGenerator<T> {
  try {
    yield first;
    yield* others;
  } finally {
    await others.return(undefined);
  }
}

const badAnswer = (message: string): UpstreamFailure => ({
  kind: 'failed',
  reason: 'bad-answer',
  status: null,
  retryAfterMs: null,
  message,
});

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
