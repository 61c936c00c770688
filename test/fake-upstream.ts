/**
 * A scripted provider on a local port, in OpenAI's and Anthropic's format: for each model the replies it gives, in order;
 * the last one stays. Timing is by gates that the test opens, never by sleeping. It keeps what it was asked.
 */
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

export type FakeReply = {
  status?: number;
  headers?: Record<string, string>;
  /** A JSON body, or text as it is. */
  body?: unknown;
  /** A stream: objects become events, text and bytes go out as they are, a gate is waited for, `CUT` breaks the connection. */
  events?: readonly (object | string)[];
  /** Waited for before anything is answered. */
  before?: Gate;
  /** Breaks the connection without an answer. */
  cut?: boolean;
};

export type FakeCall = {
  model: string;
  /** Below the base URL, as `/chat/completions`. */
  path: string;
  headers: IncomingHttpHeaders;
  body: Record<string, unknown>;
  authorization: string | undefined;
  closed: Promise<void>;
};

/** A reply, or what makes it out of the call. */
export type Scripted = FakeReply | ((call: FakeCall) => FakeReply);

export type FakeUpstream = {
  /** As a provider's base URL. */
  url: string;
  script(model: string, ...replies: Scripted[]): void;
  calls(model: string): FakeCall[];
  /** Resolves with the call of this number (from 1) once it has come in. */
  called(model: string, number?: number): Promise<FakeCall>;
  close(): Promise<void>;
};

/** Among a stream's events: breaks the connection there. */
export const CUT = Object.freeze({ cut: true });

export class Gate {
  readonly opened: Promise<void>;
  #open = (): void => undefined;

  constructor() {
    this.opened = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  open(): void {
    this.#open();
  }
}

export async function fakeUpstream(): Promise<FakeUpstream> {
  const scripts = new Map<string, Scripted[]>();
  const calls: FakeCall[] = [];
  const arrivals = new Set<() => void>();
  const callsOf = (model: string) => calls.filter((call) => call.model === model);

  const server = createServer((request, response) => {
    void handle(request, response).catch(() => response.destroy());
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = z.record(z.string(), z.unknown()).parse(JSON.parse(await text(request)));
    const model = String(body['model']);
    const closed = new Promise<void>((resolve) => void response.once('close', resolve));
    const { headers } = request;
    const path = (request.url ?? '').replace(/^\/v1/, '');
    const call = { model, path, headers, body, authorization: headers.authorization, closed };
    calls.push(call);
    for (const arrived of arrivals) arrived();
    const script = scripts.get(model) ?? [{ status: 404, body: { error: { message: `no script for ${model}` } } }];
    const reply = (script.length > 1 ? script.shift() : script[0]) ?? {};
    await answer(response, typeof reply === 'function' ? reply(call) : reply);
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    script: (model, ...replies) => void scripts.set(model, [...replies]),
    calls: callsOf,
    called: (model, number = 1) =>
      new Promise((resolve) => {
        const look = () => {
          const call = callsOf(model)[number - 1];
          if (!call) return;
          arrivals.delete(look);
          resolve(call);
        };
        arrivals.add(look);
        look();
      }),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A whole completion. Without `usage` the provider does not tell. */
export function completion(content: string, usage: object | null = tokens(10, 5)): FakeReply {
  const choices = [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }];
  return {
    body: { id: 'chatcmpl-fake', object: 'chat.completion', model: 'upstream', choices, ...(usage && { usage }) },
  };
}

/** A whole stream: a chunk for each word, a last one with its reason, one for usage, `[DONE]`. */
export function streamOf(words: string[], usage: object | null = tokens(10, 5)): FakeReply {
  const last = { ...chunk(''), choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] };
  const told = usage ? [{ ...chunk(''), choices: [], usage }] : [];
  return { events: [...words.map(chunk), last, ...told, 'data: [DONE]\n\n'] };
}

export function chunk(content: string) {
  return {
    id: 'chatcmpl-fake',
    object: 'chat.completion.chunk',
    model: 'upstream',
    choices: [{ index: 0, delta: { content }, finish_reason: null }],
  };
}

/** Usage as OpenAI reports it: the cached tokens are part of the prompt's. */
export function tokens(input: number, output: number, cached = 0) {
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: cached },
  };
}

/** A whole message in Anthropic's format. */
export function message(said: string, usage: object = { input_tokens: 10, output_tokens: 5 }): FakeReply {
  return { body: { ...emptyMessage, content: [{ type: 'text', text: said }], stop_reason: 'end_turn', usage } };
}

/** A whole stream of one, a delta for each word. */
export function messageStream(words: string[], usage: object = { input_tokens: 10, output_tokens: 5 }): FakeReply {
  return {
    events: [
      { type: 'message_start', message: { ...emptyMessage, usage: { ...usage, output_tokens: 1 } } },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'ping' },
      ...words.map((word) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: word } })),
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage },
      { type: 'message_stop' },
    ],
  };
}

const emptyMessage = {
  id: 'msg_fake',
  type: 'message',
  role: 'assistant',
  model: 'upstream',
  content: [],
  stop_reason: null,
  stop_sequence: null,
};

export function refusal(status: number, why = 'refused', headers: Record<string, string> = {}): FakeReply {
  return { status, headers, body: { error: { message: why, type: 'error', code: null } } };
}

async function answer(response: ServerResponse, reply: FakeReply): Promise<void> {
  await reply.before?.opened;
  if (reply.cut) {
    response.destroy();
    return;
  }
  const type = reply.events ? 'text/event-stream' : 'application/json';
  response.writeHead(reply.status ?? 200, { 'content-type': type, ...reply.headers });
  if (!reply.events) {
    response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body));
    return;
  }
  response.flushHeaders();
  for (const event of reply.events) await send(response, event);
  response.end();
}

/** Anthropic names its events. */
function framed(event: object): string {
  const name = 'type' in event ? `event: ${String(event.type)}\n` : '';
  return `${name}data: ${JSON.stringify(event)}\n\n`;
}

async function send(response: ServerResponse, event: object | string): Promise<void> {
  if (event instanceof Gate) {
    await event.opened;
    return;
  }
  if (event === CUT) {
    response.destroy();
    return;
  }
  const asItIs = typeof event === 'string' || Buffer.isBuffer(event);
  if (!response.write(asItIs ? event : framed(event)))
    await Promise.race([once(response, 'drain'), once(response, 'close')]);
  await new Promise((resolve) => setImmediate(resolve)); // each on its own, so that a cut loses nothing before it
}
