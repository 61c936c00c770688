import { expect, test } from '@jest/globals';
import { costNanos, nothing, worstCostNanos } from './price.policy.ts';
import type { Consumption } from './price.policy.ts';

/** As Anthropic prices its large models: $3 in, $15 out, reads at a tenth, writes at 1.25 and 2 times the input. */
const prices = {
  inputNanos: 3_000_000_000,
  outputNanos: 15_000_000_000,
  cacheReadNanos: 300_000_000,
  cacheWrite5mNanos: 3_750_000_000,
  cacheWrite1hNanos: 6_000_000_000,
};
const free = { inputNanos: 0, outputNanos: 0, cacheReadNanos: 0, cacheWrite5mNanos: 0, cacheWrite1hNanos: 0 };
const cost = (used: Partial<Consumption>, changes = {}) =>
  costNanos({ ...nothing, ...used }, { ...prices, ...changes });

test.each<[string, [Partial<Consumption>, object, number]]>([
  ['input and output', [{ inputTokens: 1_000, outputTokens: 100 }, {}, 1_000 * 3_000 + 100 * 15_000]],
  ['a cache read', [{ inputTokens: 1_000, cacheReadTokens: 600 }, {}, 400 * 3_000 + 600 * 300]],
  ['a cache write for 5 minutes', [{ inputTokens: 1_000, cacheWrite5mTokens: 100 }, {}, 900 * 3_000 + 100 * 3_750]],
  ['a cache write for an hour', [{ inputTokens: 1_000, cacheWrite1hTokens: 100 }, {}, 900 * 3_000 + 100 * 6_000]],
  [
    'reads and both writes in one call',
    [
      { inputTokens: 1_000, cacheReadTokens: 600, cacheWrite5mTokens: 100, cacheWrite1hTokens: 50, outputTokens: 7 },
      {},
      250 * 3_000 + 600 * 300 + 100 * 3_750 + 50 * 6_000 + 7 * 15_000,
    ],
  ],
  ['reasoning without a price of its own, as output', [{ outputTokens: 100, reasoningTokens: 80 }, {}, 100 * 15_000]],
  [
    'reasoning with a price of its own, once',
    [{ outputTokens: 100, reasoningTokens: 80 }, { reasoningNanos: 2_000_000_000 }, 20 * 15_000 + 80 * 2_000],
  ],
  ['pictures, each', [{ images: 3 }, { imageNanos: 40_000_001 }, 120_000_003]],
  ['audio, by the millisecond', [{ audioMs: 61_234 }, { audioSecondNanos: 100_000 }, 6_123_400]],
  ['half a nano-dollar of audio, up', [{ audioMs: 1 }, { audioSecondNanos: 500 }, 1]],
  [
    'characters, by the million',
    [{ characters: 1_234_567 }, { millionCharactersNanos: 15_000_000_000 }, 18_518_505_000],
  ],
  ['pictures, audio and characters without a price', [{ images: 9, audioMs: 9_999, characters: 9_999 }, {}, 0]],
])('charges exactly %s', (_, [used, changes, expected]) => {
  expect(cost(used, changes)).toBe(expected);
});

test('a provider that reports more cached tokens than input is not charged below zero, nor twice', () => {
  expect(cost({ inputTokens: 10, cacheReadTokens: 50, cacheWrite5mTokens: 50, cacheWrite1hTokens: 50 })).toBe(10 * 300);
  expect(cost({ outputTokens: 10, reasoningTokens: 50 }, { reasoningNanos: 1_000_000_000 })).toBe(10 * 1_000);
});

test('a cost is rounded once, half up', () => {
  const cheap = { ...free, inputNanos: 250_000, outputNanos: 250_000 };
  expect(cost({ inputTokens: 1 }, cheap)).toBe(0);
  expect(cost({ inputTokens: 1, outputTokens: 1 }, cheap)).toBe(1);
  expect(cost({ inputTokens: 3, outputTokens: 2 }, cheap)).toBe(1);
});

test.each([
  [1, 2 ** 53 - 500_002, 9_007_199_254],
  [1, 2 ** 53 - 1, 9_007_199_255],
  [2_000_001, 75_000_000_001, 150_000_075_002],
  [1_999_999_999, 999_999_999_999, 1_999_999_998_998_000],
])('%i tokens at %i, about 2^53 and far above, are exactly %i', (inputTokens, inputNanos, expected) => {
  const exact = (BigInt(inputTokens) * BigInt(inputNanos) + 500_000n) / 1_000_000n;
  expect(BigInt(expected)).toBe(exact);
  expect(cost({ inputTokens }, { ...free, inputNanos })).toBe(expected);
});

test('the worst cost takes the dearest of the input prices and of the output prices', () => {
  const most = { ...nothing, inputTokens: 1_000, outputTokens: 10, images: 1, audioMs: 1_000, characters: 1_000_000 };
  expect(worstCostNanos(most, prices)).toBe(1_000 * 6_000 + 10 * 15_000);
  const media = { imageNanos: 7, audioSecondNanos: 11, millionCharactersNanos: 13, reasoningNanos: 20_000_000_000 };
  expect(worstCostNanos(most, { ...prices, ...media })).toBe(1_000 * 6_000 + 10 * 20_000 + 7 + 11 + 13);
});

test('no call within its worst case can cost more than it, however the tokens fall', () => {
  const most = { ...nothing, inputTokens: 997, outputTokens: 101 };
  for (let at = 0; at < 500; at++) {
    const parts = [(at * 7) % 400, (at * 11) % 400, (at * 13) % 197] as const;
    const [cacheReadTokens, cacheWrite5mTokens, cacheWrite1hTokens] = parts;
    const used = { ...most, cacheReadTokens, cacheWrite5mTokens, cacheWrite1hTokens, reasoningTokens: at % 102 };
    const priced = { ...prices, reasoningNanos: 1_000_003 * (at + 1) };
    expect(costNanos(used, priced)).toBeLessThanOrEqual(worstCostNanos(most, priced));
  }
});
