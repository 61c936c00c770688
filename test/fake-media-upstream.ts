/**
 * A scripted provider of embeddings, pictures, speech and transcripts in OpenAI's format, on a local port: for each model
 * the replies it gives, in order; the last one stays. It keeps what it was asked, forms as their fields.
 */
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { z } from 'zod';
import type { Gate } from './fake-upstream.ts';
import { listening } from './listening.ts';

export type MediaReply = {
  status?: number;
  headers?: Record<string, string>;
  /** An object becomes JSON; text and bytes go out as they are. */
  body?: string | Uint8Array | object;
  /** Waited for before anything is answered. */
  before?: Gate;
  /** Breaks the connection without an answer. */
  cut?: boolean;
};

export type MediaCall = {
  model: string;
  /** Below the base URL, as `/embeddings`. */
  path: string;
  headers: IncomingHttpHeaders;
  body: Record<string, unknown>;
  closed: Promise<void>;
};

export type FakeMediaUpstream = Awaited<ReturnType<typeof fakeMediaUpstream>>;

export async function fakeMediaUpstream() {
  const scripts = new Map<string, MediaReply[]>();
  const calls: MediaCall[] = [];
  const server = createServer((request, response) => {
    void handle(request, response).catch(() => response.destroy());
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const model = String(body['model']);
    const closed = new Promise<void>((resolve) => void response.once('close', resolve));
    calls.push({ model, path: (request.url ?? '').replace(/^\/v1/, ''), headers: request.headers, body, closed });
    const script = scripts.get(model) ?? [{ status: 404, body: { error: { message: `no script for ${model}` } } }];
    await answer(response, (script.length > 1 ? script.shift() : script[0]) ?? {});
  }

  const port = await listening(server);
  return {
    /** As a provider's base URL. */
    url: `http://127.0.0.1:${port}/v1`,
    script: (model: string, ...replies: MediaReply[]) => void scripts.set(model, [...replies]),
    calls: (model: string) => calls.filter((call) => call.model === model),
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export const refused = (status: number, message: string): MediaReply => ({ status, body: { error: { message } } });

/** A whole list of embeddings; without `tokens` the provider does not tell. */
export function embeddings(tokens: number | null, model = 'upstream'): MediaReply {
  const usage = tokens === null ? {} : { usage: { prompt_tokens: tokens, total_tokens: tokens } };
  return {
    body: { object: 'list', data: [{ object: 'embedding', index: 0, embedding: [0.25, -0.5] }], model, ...usage },
  };
}

export function pictures(count: number, usage?: object): MediaReply {
  const data = Array.from({ length: count }, (_, at) => ({
    b64_json: Buffer.from(`picture ${at}`).toString('base64'),
  }));
  return { body: { created: 1, data, ...(usage && { usage }) } };
}

/** Speech as events, which tell what it took. */
export function speechEvents(parts: string[], usage: object): MediaReply {
  const deltas = parts.map((part) => ({
    type: 'speech.audio.delta',
    audio: Buffer.from(part).toString('base64'),
  }));
  const events = [...deltas, { type: 'speech.audio.done', usage }];
  return {
    headers: { 'content-type': 'text/event-stream' },
    body: events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''),
  };
}

/** Silence as a WAV file of 8,000 bytes a second. */
export function silence(ms: number): File {
  const size = ms * 8;
  const wav = Buffer.alloc(44 + size, 0x80);
  wav.write('RIFF', 0, 'latin1');
  wav.writeUInt32LE(36 + size, 4);
  wav.write('WAVEfmt ', 8, 'latin1');
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20); // PCM
  wav.writeUInt16LE(1, 22); // mono
  wav.writeUInt32LE(8_000, 24);
  wav.writeUInt32LE(8_000, 28);
  wav.writeUInt16LE(1, 32);
  wav.writeUInt16LE(8, 34);
  wav.write('data', 36, 'latin1');
  wav.writeUInt32LE(size, 40);
  return new File([wav], 'silence.wav', { type: 'audio/wav' });
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const bytes = await buffer(request);
  const contentType = request.headers['content-type'] ?? '';
  if (!contentType.startsWith('multipart/')) {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(bytes.toString()));
  }
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': contentType } }).formData();
  return Object.fromEntries([...form.keys()].map((name) => [name, lone(form.getAll(name))]));
}

const lone = (values: unknown[]): unknown => (values.length === 1 ? values[0] : values);

async function answer(response: ServerResponse, reply: MediaReply): Promise<void> {
  await reply.before?.opened;
  if (reply.cut) {
    response.destroy();
    return;
  }
  const { body = {} } = reply;
  const asItIs = typeof body === 'string' || body instanceof Uint8Array;
  response.writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers });
  response.end(asItIs ? body : JSON.stringify(body));
}
