import type { Prices } from '../../entities/model.ts';

/**
 * As a provider bills one call. `inputTokens` is everything that went in: cache reads and writes are part of it.
 * `outputTokens` is everything that came out: reasoning is part of it. Audio is in whole milliseconds.
 */
export type Consumption = {
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheWrite5mTokens: number;
  cacheWrite1hTokens: number;
  reasoningTokens: number;
  images: number;
  audioMs: number;
  characters: number;
};

export const nothing: Consumption = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWrite5mTokens: 0,
  cacheWrite1hTokens: 0,
  reasoningTokens: 0,
  images: 0,
  audioMs: 0,
  characters: 0,
};

/**
 * Nano-dollars, rounded once, half up. Each input token is charged by exactly one of the four input prices, each output
 * token by one of the two output prices.
 */
export function costNanos(used: Consumption, prices: Prices): number {
  const cacheRead = Math.min(used.cacheReadTokens, used.inputTokens);
  const cacheWrite5m = Math.min(used.cacheWrite5mTokens, used.inputTokens - cacheRead);
  const cacheWrite1h = Math.min(used.cacheWrite1hTokens, used.inputTokens - cacheRead - cacheWrite5m);
  const fresh = used.inputTokens - cacheRead - cacheWrite5m - cacheWrite1h;
  const reasoning = Math.min(used.reasoningTokens, used.outputTokens);
  return total([
    [fresh, prices.inputNanos],
    [cacheRead, prices.cacheReadNanos],
    [cacheWrite5m, prices.cacheWrite5mNanos],
    [cacheWrite1h, prices.cacheWrite1hNanos],
    [used.outputTokens - reasoning, prices.outputNanos],
    [reasoning, prices.reasoningNanos ?? prices.outputNanos],
    [used.characters, prices.millionCharactersNanos ?? 0],
    [used.images * MILLION, prices.imageNanos ?? 0],
    [used.audioMs * (MILLION / 1000), prices.audioSecondNanos ?? 0],
  ]);
}

/** The most that a call can cost, whatever the provider does with its cache and however much of it is reasoning. */
export function worstCostNanos(most: Consumption, prices: Prices): number {
  const { inputNanos, cacheReadNanos, cacheWrite5mNanos, cacheWrite1hNanos, outputNanos } = prices;
  const dearest = {
    ...prices,
    inputNanos: Math.max(inputNanos, cacheReadNanos, cacheWrite5mNanos, cacheWrite1hNanos),
    outputNanos: Math.max(outputNanos, prices.reasoningNanos ?? 0),
  };
  const { inputTokens, outputTokens, images, audioMs, characters } = most;
  return costNanos({ ...nothing, inputTokens, outputTokens, images, audioMs, characters }, dearest);
}

const MILLION = 1_000_000;
type Priced = [amount: number, nanosPerMillion: number];

/** Products may pass 2^53 although their sum per million does not: only then is it worth the slower arithmetic. */
function total(parts: Priced[]): number {
  const rounded = parts.reduce((all, [amount, nanos]) => all + amount * nanos, MILLION / 2);
  if (rounded < Number.MAX_SAFE_INTEGER) return (rounded - (rounded % MILLION)) / MILLION;
  const exact = parts.reduce((all, [amount, nanos]) => all + BigInt(amount) * BigInt(nanos), BigInt(MILLION / 2));
  return Number(exact / BigInt(MILLION));
}
