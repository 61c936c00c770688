import type { Prices } from '../../entities/model.ts';

/** As a provider bills one call. `inputTokens` is everything that went in: cache reads and writes are part of it. */
export type TokenUsage = {
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
};

/** Nano-dollars, rounded once, half up. Each input token is charged by exactly one of the three input prices. */
export function costNanos(usage: TokenUsage, prices: Prices): number {
  const cacheRead = Math.min(usage.cacheReadTokens, usage.inputTokens);
  const cacheWrite = Math.min(usage.cacheWriteTokens, usage.inputTokens - cacheRead);
  const fresh = usage.inputTokens - cacheRead - cacheWrite;
  return perMillion(
    times(fresh, prices.inputNanos) +
      times(cacheRead, prices.cacheReadNanos) +
      times(cacheWrite, prices.cacheWriteNanos) +
      times(usage.outputTokens, prices.outputNanos),
  );
}

/** The most that so many tokens can cost, whatever the provider does with its cache. */
export function worstCostNanos(tokens: { inputTokens: number; outputTokens: number }, prices: Prices): number {
  const dearest = Math.max(prices.inputNanos, prices.cacheReadNanos, prices.cacheWriteNanos);
  return perMillion(times(tokens.inputTokens, dearest) + times(tokens.outputTokens, prices.outputNanos));
}

/** Products pass 2^53 long before their sum per million does. */
const times = (tokens: number, nanosPerMillion: number) => BigInt(tokens) * BigInt(nanosPerMillion);
const perMillion = (product: bigint) => Number((product + 500_000n) / 1_000_000n);
