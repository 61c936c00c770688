import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  APIError,
  APIUserAbortError,
  Anthropic,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
} from '@anthropic-ai/sdk';
import { formats } from './answer.ts';
import { question } from './conversation.ts';
import { breaking, givingUp, stalling } from './failure.ts';
import { judgesPlace } from './place.ts';
import type { JudgesPlace } from './place.ts';
import { thrownBy } from './thrown-by.ts';
import { toldOf } from './told.ts';

/** The judge: npm `@anthropic-ai/sdk`, and the errors that it throws by itself. */
let place: JudgesPlace;
let sdk: Anthropic;
beforeAll(async () => {
  place = await judgesPlace();
  sdk = clientWith(place.key);
});
afterAll(() => place.close());

const clientWith = (apiKey: string) => new Anthropic({ baseURL: place.url, apiKey, maxRetries: 0 });
const asking = { max_tokens: 100, messages: [{ role: 'user' as const, content: question }] };

const ways = {
  'a message': (client: Anthropic, model: string) => client.messages.create({ ...asking, model }),
  'a streamed message': (client: Anthropic, model: string) =>
    client.messages.stream({ ...asking, model }).finalMessage(),
};

const refusals = [
  [400, BadRequestError, 'invalid_request_error'],
  [429, RateLimitError, 'rate_limit_error'],
  [500, InternalServerError, 'api_error'],
  [529, RateLimitError, 'rate_limit_error'],
] as const;

describe.each(Object.entries(ways))('%s', (_, ask) => {
  describe.each(formats)('of an upstream in the format of %s', (format) => {
    test.each(refusals)('that is refused with %d throws what the SDK has for it', async (status, type, name) => {
      const failed = await thrownBy(ask(sdk, await place.refused(format, status)));
      expect(failed).toBeInstanceOf(type);
      expect(failed).toMatchObject({ type: name, message: toldOf(status) });
    });
  });

  test('without a right key is an AuthenticationError', async () => {
    const failed = await thrownBy(ask(clientWith('sk-wrong'), 'any'));
    expect(failed).toBeInstanceOf(AuthenticationError);
    expect(failed).toMatchObject({ status: 401, type: 'authentication_error' });
  });

  test('with a key that may not use the model is a PermissionDeniedError', async () => {
    const model = await place.answering('anthropic', {});
    const client = clientWith(await place.newKey({ allowed_models: ['another'] }));
    const failed = await thrownBy(ask(client, model));
    expect(failed).toBeInstanceOf(PermissionDeniedError);
    expect(failed).toMatchObject({ status: 403, type: 'permission_error' });
  });

  test('with a model that does not exist is a NotFoundError', async () => {
    const failed = await thrownBy(ask(sdk, 'nobody'));
    expect(failed).toBeInstanceOf(NotFoundError);
    expect(failed).toMatchObject({ status: 404, type: 'not_found_error' });
  });
});

describe.each(formats)('an upstream in the format of %s', (format) => {
  test('that breaks or gives up in the middle of a stream is an APIError, with what went wrong', async () => {
    const model = await place.model(format, breaking(format), givingUp(format));
    const ask = () => thrownBy(sdk.messages.stream({ ...asking, model }).finalMessage());
    const [broke, gaveUp] = [await ask(), await ask()];
    for (const failed of [broke, gaveUp]) expect(failed).toBeInstanceOf(APIError);
    for (const failed of [broke, gaveUp]) expect(failed).toMatchObject({ type: 'api_error' });
    expect(String(broke)).toContain('The answer broke off.');
    expect(String(gaveUp)).toContain('The model is overloaded.');
    expect(place.calls(model)).toHaveLength(2);
  });

  test('is cut off when its stream is aborted, and what it wrote is recorded', async () => {
    const model = await place.model(format, stalling(format));
    const stream = sdk.messages.stream({ ...asking, model });
    stream.on('text', () => stream.abort());
    expect(await thrownBy(stream.done())).toBeInstanceOf(APIUserAbortError);

    await place.calls(model)[0]?.closed;
    const record = await place.recordOf(model);
    expect(record).toMatchObject({ success: false, errorCode: 'client_gone', estimated: true, streamed: true });
    expect(record?.outputTokens).toBeGreaterThan(0);
    expect(record?.costNanos).toBeGreaterThan(0);
  });
});

test('what the other side cannot say is a BadRequestError that names the field, and nobody is asked', async () => {
  const model = await place.answering('openai', {});
  const failed = await thrownBy(sdk.messages.create({ ...asking, model, inference_geo: 'us' }));
  expect(failed).toBeInstanceOf(BadRequestError);
  expect(failed).toMatchObject({ type: 'invalid_request_error', message: expect.stringContaining('inference_geo') });
  expect(place.calls(model)).toHaveLength(0);
});

test('a request is found again by the id that the SDK reads from its error', async () => {
  const failed = await thrownBy(sdk.messages.create({ ...asking, model: 'nobody' }));
  expect(failed).toMatchObject({ requestID: expect.stringMatching(/^req_/) });
});
