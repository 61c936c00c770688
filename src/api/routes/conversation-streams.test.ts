import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { APIError } from 'openai';
import { eventually } from '../../../test/api-place.ts';
import { answering, chatPlace, chunk, DONE, question } from '../../../test/chat-place.ts';
import type { ChatPlace } from '../../../test/chat-place.ts';
import { AppError } from '../../errors.ts';

let place: ChatPlace;

beforeAll(async () => {
  place = await chatPlace();
});
afterAll(() => place.close());
afterEach(() => {
  place.script.call = answering;
});

test('the OpenAI SDK streams', async () => {
  place.gatewayStreams(
    (async function* () {
      yield chunk('Hel');
      yield chunk('lo.');
      yield DONE;
    })(),
  );
  const { data, response } = await place.sdk.chat.completions.create({ ...question, stream: true }).withResponse();
  let text = '';
  for await (const part of data) text += part.choices[0]?.delta.content ?? '';

  expect(text).toBe('Hello.');
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
  expect(response.headers.get('x-model')).toBe('small');
});

test('an error before the first byte is an HTTP error that the SDK understands', async () => {
  place.script.call = async () => {
    throw new AppError('upstream_failed', 'All models failed.');
  };
  const failed = await place.sdk.chat.completions
    .create({ ...question, stream: true })
    .catch((error: unknown) => error);

  expect(failed).toBeInstanceOf(APIError);
  expect(failed).toMatchObject({ status: 502, code: 'upstream_failed', type: 'server_error' });
});

test('an error in the middle of a stream reaches the SDK as an error', async () => {
  place.gatewayStreams(
    (async function* () {
      yield chunk('Hel');
      throw new AppError('upstream_failed', 'The model went away.');
    })(),
  );
  const stream = await place.sdk.chat.completions.create({ ...question, stream: true });
  const read = async () => {
    for await (const _ of stream);
  };
  await expect(read()).rejects.toThrow('The model went away.');
});

test('a client that leaves a stream ends its source, and the server goes on', async () => {
  let ended = false;
  place.gatewayStreams(
    (async function* () {
      try {
        for (;;) yield chunk('more ');
      } finally {
        ended = true;
      }
    })(),
  );
  const response = await place.rawStream();
  await new Promise((resolve) => void response.once('data', resolve));
  response.destroy();

  await eventually(() => ended);
  expect((await place.callAnybody('GET /healthz')).status).toBe(200);
});

test('a client that leaves while the model thinks is heard by the gateway', async () => {
  let heard = false;
  place.script.call = (_caller, _body, { signal }) =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        heard = true;
        reject(signal.reason);
      });
      leave.abort();
    });
  const leave = new AbortController();
  const asking = fetch(`${place.api.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${place.secret}`, 'content-type': 'application/json' },
    body: JSON.stringify(question),
    signal: leave.signal,
  });
  await expect(asking).rejects.toThrow();
  await eventually(() => heard);
  expect((await place.callAnybody('GET /healthz')).status).toBe(200);
});

test('a source that hangs is told to end when its client leaves', async () => {
  let ended = false;
  const source: AsyncIterator<string> = {
    next: () => new Promise(() => undefined),
    return: async () => {
      ended = true;
      return { done: true, value: undefined };
    },
  };
  place.gatewayStreams({ [Symbol.asyncIterator]: () => source });
  const response = await place.rawStream();
  response.destroy();

  await eventually(() => ended);
});

test('a client that does not read holds the source back', async () => {
  let made = 0;
  const block = chunk('x'.repeat(65_536));
  place.gatewayStreams(
    (async function* () {
      for (; made < 10_000; made += 1) yield block;
    })(),
  );
  const response = await place.rawStream();
  response.pause();
  let before = -1;
  let same = 0;
  await eventually(() => {
    same = made === before ? same + 1 : 0;
    before = made;
    return same > 2_000;
  });
  expect(made).toBeLessThan(2_000);

  let bytes = 0;
  response.on('data', (part: Buffer) => (bytes += part.length)).resume();
  await eventually(() => bytes > 100 * block.length);
  response.destroy();
});
