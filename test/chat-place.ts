/** Test set-up: the proxy over a gateway that does what the test says. */
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { OpenAI } from 'openai';
import { z } from 'zod';
import type { Gateway } from '../src/api/api-services.ts';
import type { ListedModel, ReadyAnswer, Receipt } from '../src/domain/llm/llm.ts';
import { apiPlace, callTo } from './api-place.ts';
import { flowing } from './text-streams.ts';

export async function chatPlace() {
  const script: { call: Gateway['call'] } = { call: answering };
  const models = ['auto', 'small'].map(listed);
  const place = await apiPlace({
    gateway: (llm) => ({
      ...llm,
      call: (...all) => script.call(...all),
      catalog: { ...llm.catalog, list: () => models },
    }),
    settings: { AUTH_REQUESTS_PER_MINUTE: '100000' },
  });
  const { url } = place.api;

  const newKey = async (body: object): Promise<string> => {
    const { asUser } = await place.signUp();
    return z.object({ secret: z.string() }).parse((await asUser('POST /api/v1/llm/api-keys', { body })).body).secret;
  };
  const secret = await newKey({ name: 'test' });

  return {
    ...place,
    newKey,
    secret,
    callAnybody: place.call,
    call: callTo(url, { authorization: `Bearer ${secret}` }),
    sdk: new OpenAI({ baseURL: `${url}/v1`, apiKey: secret, maxRetries: 0 }),
    /** `script.call` is what the gateway does from now on. */
    script,
    gatewayStreams(chunks: AsyncIterable<string>): void {
      script.call = async (_caller, _operation, { signal }) => {
        return { kind: 'stream', texts: flowing(chunks, signal), receipt: { ...receipt, costNanos: null } };
      };
    },
    rawStream: () => rawStream(url, secret),
  };
}

export type ChatPlace = Awaited<ReturnType<typeof chatPlace>>;

export const receipt: Receipt = {
  requestId: 'req_1',
  model: 'small',
  provider: 'test',
  attempts: 2,
  costNanos: 1_234,
  priceVersion: 3,
  remaining: { requestsPerMinute: { limit: 60, remaining: 59 } },
};
export const question = { model: 'auto', messages: [{ role: 'user' as const, content: 'Hello?' }] };
export const completion = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'small',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
  vendor_extra: { kept: true },
};

export const readyAnswer: ReadyAnswer = { contentType: 'application/json', body: JSON.stringify(completion) };

export function chunk(content: string): string {
  const choices = [{ index: 0, delta: { content } }];
  return `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'small', choices })}\n\n`;
}

export const DONE = 'data: [DONE]\n\n';

export const answering: Gateway['call'] = async () => ({ kind: 'answer', answer: readyAnswer, receipt });

const listed = (id: string): ListedModel => ({
  id,
  kind: 'model',
  type: 'text',
  displayName: id,
  ownedBy: 'test',
  contextTokens: 8_000,
  maxOutputTokens: 1_000,
  createdAt: new Date('2026-01-01'),
});

/** A client that is free to read nothing, or to leave. */
function rawStream(url: string, secret: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' };
    const sending = request(`${url}/v1/chat/completions`, { method: 'POST', headers }, resolve);
    sending.on('error', reject);
    sending.end(JSON.stringify({ ...question, stream: true }));
  });
}
