import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Anthropic } from '@anthropic-ai/sdk';
import { OpenAI } from 'openai';
import { formats } from './answer.ts';
import type { Format, Used } from './answer.ts';
import { question } from './conversation.ts';
import { judgesPlace } from './place.ts';
import type { JudgesPlace } from './place.ts';

/**
 * What calls cost, reckoned by hand from the `prices` of `place.ts`: the header of the answer and the row of the ledger
 * must say exactly this, whichever format asks and whichever answers.
 */
type Golden = [name: string, used: Partial<Used>, costNanos: number];

const everywhere: Golden[] = [
  ['a plain answer', { fresh: 1_009, out: 503 }, 10_572_000],
  ['half a nano-dollar, rounded up', { fresh: 26_317, out: 1 }, 78_966_001],
  ['what was read from the cache', { fresh: 1_009, cacheRead: 40_009, out: 503 }, 22_574_700],
  ['what was written to the cache', { fresh: 11, cacheWrite5m: 20_011, out: 503 }, 82_619_250],
  ['reasoning', { fresh: 1_009, out: 503, thinking: 307 }, 11_186_000],
];
/** Only Anthropic tells for how long it keeps what was written. */
const atAnthropic: Golden[] = [
  ['what was written to the cache for an hour', { fresh: 11, cacheWrite1h: 30_011, out: 503 }, 187_644_000],
  [
    'everything at once',
    { fresh: 1_009, cacheRead: 40_009, cacheWrite5m: 20_011, cacheWrite1h: 30_011, out: 503, thinking: 307 },
    278_295_951,
  ],
];
const goldens: Record<Format, Golden[]> = { openai: everywhere, anthropic: [...everywhere, ...atAnthropic] };

let place: JudgesPlace;
beforeAll(async () => {
  place = await judgesPlace();
});
afterAll(() => place.close());

const messages = [{ role: 'user' as const, content: question }];

/** Each asks once as a whole and once as a stream, and says what the header said of the first. */
const clients = {
  async openai(model: string) {
    const sdk = new OpenAI({ baseURL: place.baseUrl, apiKey: place.key, maxRetries: 0 });
    await sdk.chat.completions.stream({ model, messages }).finalChatCompletion();
    return (await sdk.chat.completions.create({ model, messages }).withResponse()).response;
  },
  async anthropic(model: string) {
    const sdk = new Anthropic({ baseURL: place.url, apiKey: place.key, maxRetries: 0 });
    await sdk.messages.stream({ model, messages, max_tokens: 1_000 }).finalMessage();
    return (await sdk.messages.create({ model, messages, max_tokens: 1_000 }).withResponse()).response;
  },
};

describe.each(formats)('an upstream in the format of %s', (format) => {
  describe.each(formats)('asked by a client of %s', (client) => {
    test.each(goldens[format])('%s costs what it costs, to the nano-dollar', async (...[, used, costNanos]) => {
      const model = await place.answering(format, { pieces: ['It is.'], used });
      const { headers } = await clients[client](model);
      expect(headers.get('x-cost-nanodollars')).toBe(String(costNanos));

      const rows = await place.recordsOf(model, 2);
      const { fresh = 0, cacheRead = 0, cacheWrite5m = 0, cacheWrite1h = 0, out = 0, thinking = 0 } = used;
      const row = {
        inputTokens: fresh + cacheRead + cacheWrite5m + cacheWrite1h,
        outputTokens: out,
        cacheReadTokens: cacheRead,
        cacheWrite5mTokens: cacheWrite5m,
        cacheWrite1hTokens: cacheWrite1h,
        reasoningTokens: thinking,
        costNanos,
        priceVersion: 1,
        estimated: false,
        success: true,
      };
      expect(rows).toMatchObject([
        { ...row, streamed: true },
        { ...row, streamed: false },
      ]);
    });
  });
});
