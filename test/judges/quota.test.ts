import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Anthropic, RateLimitError as AnthropicRateLimit } from '@anthropic-ai/sdk';
import { ChatOpenAI } from '@langchain/openai';
import { RetryError, generateText } from 'ai';
import { OpenAI, RateLimitError } from 'openai';
import { languageModel, providers } from './ai-sdk-place.ts';
import { question } from './conversation.ts';
import { judgesPlace } from './place.ts';
import type { JudgesPlace } from './place.ts';
import { thrownBy } from './thrown-by.ts';

/** A quota that is used up for the day, and clients that retry as they do when nobody tells them otherwise. */
let place: JudgesPlace;
let model: string;
let apiKey: string;
let requests: number;
beforeAll(async () => {
  place = await judgesPlace();
  model = await place.answering('openai', { pieces: ['It is.'], used: { fresh: 9_000 } });
  apiKey = await place.newKey({ tokens_per_day: 10_000 });
  const sdk = new OpenAI({ baseURL: place.baseUrl, apiKey });
  await sdk.chat.completions.create({ model, messages });
});
afterAll(() => place.close());

const messages = [{ role: 'user' as const, content: question }];

/** The clients' own way to be given another `fetch`: the same one, counting. */
function counting(): typeof fetch {
  requests = 0;
  return (...request) => {
    requests += 1;
    return fetch(...request);
  };
}

test('npm openai throws its RateLimitError after one request', async () => {
  const sdk = new OpenAI({ baseURL: place.baseUrl, apiKey, fetch: counting() });
  const failed = await thrownBy(sdk.chat.completions.create({ model, messages }));
  expect(failed).toBeInstanceOf(RateLimitError);
  expect(failed).toMatchObject({ type: 'insufficient_quota', code: 'insufficient_quota' });
  const streamed = await thrownBy(sdk.responses.stream({ model, input: question }).finalResponse());
  expect(streamed).toBeInstanceOf(RateLimitError);
  expect(requests).toBe(2);
});

test('@anthropic-ai/sdk throws its RateLimitError after one request', async () => {
  const sdk = new Anthropic({ baseURL: place.url, apiKey, fetch: counting() });
  const failed = await thrownBy(sdk.messages.create({ model, messages, max_tokens: 4_000 }));
  expect(failed).toBeInstanceOf(AnthropicRateLimit);
  expect(requests).toBe(1);
});

test('@langchain/openai gives up after one request', async () => {
  const chat = new ChatOpenAI({ model, apiKey, configuration: { baseURL: place.baseUrl, fetch: counting() } });
  const failed = await thrownBy(chat.invoke(question));
  expect(failed).toMatchObject({ status: 429, name: 'InsufficientQuotaError' });
  expect(requests).toBe(1);
});

// It reads no header that could stop it, and takes every 429 for one that passes.
test('npm ai gives up after its two retries, a few seconds apart, instead of waiting for the next day', async () => {
  const doFetch = counting();
  const asked = providers.map((provider) => {
    const named = languageModel(provider, { baseUrl: place.baseUrl, key: apiKey, fetch: doFetch });
    return thrownBy(generateText({ model: named(model), prompt: question }));
  });
  for (const failed of await Promise.all(asked)) expect(RetryError.isInstance(failed)).toBe(true);
  expect(requests).toBe(6);
});
