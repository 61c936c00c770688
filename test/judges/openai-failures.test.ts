import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  APIError,
  APIUserAbortError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  OpenAI,
  PermissionDeniedError,
  RateLimitError,
} from 'openai';
import { formats } from './answer.ts';
import { question } from './conversation.ts';
import { breaking, givingUp, stalling } from './failure.ts';
import { judgesPlace } from './place.ts';
import type { JudgesPlace } from './place.ts';
import { thrownBy } from './thrown-by.ts';
import { toldOf } from './told.ts';

/** The judge: npm `openai`, and the errors that it throws by itself. */
let place: JudgesPlace;
let sdk: OpenAI;
beforeAll(async () => {
  place = await judgesPlace();
  sdk = clientWith(place.key);
});
afterAll(() => place.close());

const clientWith = (apiKey: string) => new OpenAI({ baseURL: place.baseUrl, apiKey, maxRetries: 0 });
const messages = [{ role: 'user' as const, content: question }];

/** Every way in which the SDK asks for an answer; each throws what it throws for an answer that fails. */
const ways = {
  'a chat': (client: OpenAI, model: string) => client.chat.completions.create({ model, messages }),
  'a streamed chat': (client: OpenAI, model: string) =>
    client.chat.completions.stream({ model, messages }).finalChatCompletion(),
  'a response': (client: OpenAI, model: string) => client.responses.create({ model, input: question }),
  'a streamed response': (client: OpenAI, model: string) =>
    client.responses.stream({ model, input: question }).finalResponse(),
};
const streams = [ways['a streamed chat'], ways['a streamed response']];

const refusals = [
  [400, BadRequestError, 'upstream_rejected'],
  [429, RateLimitError, 'upstream_busy'],
  [500, InternalServerError, 'upstream_failed'],
  [503, InternalServerError, 'upstream_failed'],
] as const;

describe.each(Object.entries(ways))('%s', (_, ask) => {
  describe.each(formats)('of an upstream in the format of %s', (format) => {
    test.each(refusals)('that is refused with %d throws what the SDK has for it', async (status, type, code) => {
      const failed = await thrownBy(ask(sdk, await place.refused(format, status)));
      expect(failed).toBeInstanceOf(type);
      expect(failed).toMatchObject({ code, message: toldOf(status) });
    });
  });

  test('without a right key is an AuthenticationError', async () => {
    const failed = await thrownBy(ask(clientWith('sk-wrong'), 'any'));
    expect(failed).toBeInstanceOf(AuthenticationError);
    expect(failed).toMatchObject({ status: 401, code: 'invalid_api_key' });
  });

  test('with a key that may not use the model is a PermissionDeniedError', async () => {
    const model = await place.answering('openai', {});
    const client = clientWith(await place.newKey({ allowed_models: ['another'] }));
    const failed = await thrownBy(ask(client, model));
    expect(failed).toBeInstanceOf(PermissionDeniedError);
    expect(failed).toMatchObject({ status: 403, code: 'forbidden', param: 'model' });
  });

  test('with a model that does not exist is a NotFoundError', async () => {
    const failed = await thrownBy(ask(sdk, 'nobody'));
    expect(failed).toBeInstanceOf(NotFoundError);
    expect(failed).toMatchObject({ status: 404, param: 'model' });
  });
});

describe.each(formats)('an upstream in the format of %s', (format) => {
  test('that breaks or gives up in the middle of a stream is an APIError, with what went wrong', async () => {
    for (const ask of streams) {
      const model = await place.model(format, breaking(format), givingUp(format));
      const [broke, gaveUp] = [await thrownBy(ask(sdk, model)), await thrownBy(ask(sdk, model))];
      for (const failed of [broke, gaveUp]) expect(failed).toBeInstanceOf(APIError);
      expect(String(broke)).toContain('The answer broke off.');
      expect(String(gaveUp)).toContain('The model is overloaded.');
      expect(place.calls(model)).toHaveLength(2);
    }
  });

  test('is cut off when its stream is aborted, and what it wrote is recorded', async () => {
    const model = await place.model(format, stalling(format));
    const stream = sdk.chat.completions.stream({ model, messages });
    stream.on('content', () => stream.abort());
    expect(await thrownBy(stream.done())).toBeInstanceOf(APIUserAbortError);

    await place.calls(model)[0]?.closed;
    const record = await place.recordOf(model);
    expect(record).toMatchObject({ success: false, errorCode: 'client_gone', estimated: true, streamed: true });
    expect(record?.outputTokens).toBeGreaterThan(0);
    expect(record?.costNanos).toBeGreaterThan(0);
  });
});

test('what the other side cannot say is a BadRequestError that names the field, and nobody is asked', async () => {
  const model = await place.answering('anthropic', {});
  const failed = await thrownBy(sdk.chat.completions.create({ model, messages, logprobs: true }));
  expect(failed).toBeInstanceOf(BadRequestError);
  expect(failed).toMatchObject({ status: 400, code: 'invalid_request', param: 'logprobs' });
  expect(place.calls(model)).toHaveLength(0);
});
