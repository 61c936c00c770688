import { expect, test } from '@jest/globals';
import { costNanos, worstCostNanos } from './price.policy.ts';

const prices = {
  inputNanos: 2_500_000_000,
  outputNanos: 10_000_000_000,
  cacheReadNanos: 250_000_000,
  cacheWriteNanos: 3_125_000_000,
};
const none = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };

test('input and output are charged at their own prices', () => {
  expect(costNanos({ ...none, inputTokens: 1_000, outputTokens: 100 }, prices)).toBe(2_500_000 + 1_000_000);
});

test('cached tokens are charged once, at the cache price, for they are part of the input', () => {
  const usage = { ...none, inputTokens: 1_000, cacheReadTokens: 600, cacheWriteTokens: 100 };
  expect(costNanos(usage, prices)).toBe(300 * 2_500 + 600 * 250 + 100 * 3_125);
});

test('a provider that reports more cached tokens than input is not charged below zero', () => {
  expect(costNanos({ ...none, inputTokens: 10, cacheReadTokens: 50, cacheWriteTokens: 50 }, prices)).toBe(10 * 250);
});

test('a cost is rounded once, half up', () => {
  const cheap = { inputNanos: 250_000, outputNanos: 250_000, cacheReadNanos: 0, cacheWriteNanos: 0 };
  expect(costNanos({ ...none, inputTokens: 1 }, cheap)).toBe(0);
  expect(costNanos({ ...none, inputTokens: 1, outputTokens: 1 }, cheap)).toBe(1);
});

test('costs whose products pass 2^53 are exact', () => {
  expect(costNanos({ ...none, inputTokens: 2_000_001 }, { ...prices, inputNanos: 75_000_000_001 })).toBe(
    150_000_075_002,
  );
});

test('the worst cost takes the dearest of the input prices', () => {
  expect(worstCostNanos({ inputTokens: 1_000, outputTokens: 10 }, prices)).toBe(1_000 * 3_125 + 10 * 10_000);
});
