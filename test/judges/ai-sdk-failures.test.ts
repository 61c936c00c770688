import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { APICallError, StreamProviderError, generateText, streamText } from 'ai';
import type { LanguageModel } from 'ai';
import { languageModel, pairs, providers } from './ai-sdk-place.ts';
import { question as prompt } from './conversation.ts';
import { breaking, givingUp, stalling } from './failure.ts';
import { judgesPlace } from './place.ts';
import type { JudgesPlace } from './place.ts';
import { thrownBy } from './thrown-by.ts';
import { toldOf } from './told.ts';

/** The judge: npm `ai` with both of its providers, and the errors that it throws by itself. */
let place: JudgesPlace;
beforeAll(async () => {
  place = await judgesPlace();
});
afterAll(() => place.close());

const maxRetries = 0;
const ways = {
  whole: (model: LanguageModel) => thrownBy(generateText({ model, prompt, maxRetries })),
  streamed: async (model: LanguageModel) => (await errorsOf(model))[0],
};

describe.each(pairs)('%s before an upstream in the format of %s', (provider, format) => {
  const model = (name: string) => languageModel(provider, place)(name);

  test.each([
    [400, 400, false],
    [429, 429, true],
    [500, 502, true],
  ])('a refusal with %d is an APICallError that knows whether to retry', async (status, told, isRetryable) => {
    const name = await place.refused(format, status);
    for (const ask of Object.values(ways)) {
      const failed = await ask(model(name));
      expect(APICallError.isInstance(failed)).toBe(true);
      expect(failed).toMatchObject({
        statusCode: told,
        isRetryable,
        message: toldOf(status),
      });
    }
  });

  test('a stream that breaks or gives up ends in the error that the provider reported', async () => {
    const name = await place.model(format, breaking(format), givingUp(format));
    const [broke] = await errorsOf(model(name));
    const [gaveUp] = await errorsOf(model(name));
    for (const failed of [broke, gaveUp]) expect(StreamProviderError.isInstance(failed)).toBe(true);
    expect(broke).toMatchObject({ message: 'The answer broke off.' });
    expect(gaveUp).toMatchObject({ message: 'The model is overloaded.' });
    expect(place.calls(name)).toHaveLength(2);
  });

  test('a stream that is aborted cuts the upstream off, and what it wrote is recorded', async () => {
    const name = await place.model(format, stalling(format));
    const leaving = new AbortController();
    const { stream } = streamText({ model: model(name), prompt, maxRetries, abortSignal: leaving.signal });
    const parts: string[] = [];
    for await (const { type } of stream) {
      parts.push(type);
      if (type === 'text-delta') leaving.abort();
    }
    expect(parts.at(-1)).toBe('abort');

    await place.calls(name)[0]?.closed;
    const record = await place.recordOf(name);
    expect(record).toMatchObject({ success: false, errorCode: 'client_gone', estimated: true, streamed: true });
    expect(record?.costNanos).toBeGreaterThan(0);
  });
});

test.each(providers)(
  '%s throws an APICallError for a wrong key, a forbidden model and an unknown one',
  async (provider) => {
    const name = await place.answering('openai', {});
    const { baseUrl, key } = place;
    const forbidden = await place.newKey({ allowed_models: ['another'] });
    const asked = [
      [languageModel(provider, { baseUrl, key: 'sk-wrong' })(name), 401],
      [languageModel(provider, { baseUrl, key: forbidden })(name), 403],
      [languageModel(provider, { baseUrl, key })('nobody'), 404],
    ] as const;
    for (const [model, statusCode] of asked) {
      const failed = await ways.whole(model);
      expect(APICallError.isInstance(failed)).toBe(true);
      expect(failed).toMatchObject({ statusCode, isRetryable: false });
    }
  },
);

/** What a stream reports of failures; it does not throw. */
async function errorsOf(model: LanguageModel): Promise<unknown[]> {
  const errors: unknown[] = [];
  const { stream } = streamText({ model, prompt, maxRetries, onError: () => undefined });
  for await (const part of stream) if (part.type === 'error') errors.push(part.error);
  return errors;
}
