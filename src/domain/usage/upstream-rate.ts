import type { Redis } from 'ioredis';
import type { Logger } from '../../infra/logger.ts';
import { createRedisScript } from '../../infra/redis-script.ts';
import { createTurnBatch } from './turn-batch.ts';
import type { AtTurnsEnd } from './turns.ts';

/** What a provider, or one deployment of it, may be asked a minute; null is no limit. */
export type Rate = { requestsPerMinute: number | null; tokensPerMinute: number | null };

export type RatedCall = { providerId: string; modelId: string; provider: Rate; deployment: Rate; tokens: number };

/** Counted; `correct` says what the call came to in the end, `giveBack` that it was not made. */
export type RateTicket = { correct(tokens: number): void; giveBack(): void };

/** Keeps all processes together within what providers allow a minute. */
export function createUpstreamRates({ redis, atTurnsEnd, logger }: UpstreamRateOptions) {
  const run = createTurnBatch(atTurnsEnd, (providerId: string, calls: readonly RateCall[]) =>
    runTogether(redis, providerId, calls),
  );

  return {
    /**
     * Counts one call at its worst case.
     * @returns a ticket, or the ms to wait; while Redis is away calls pass, because reservations refuse then
     */
    async take({ providerId, modelId, provider, deployment, tokens }: RatedCall): Promise<RateTicket | number> {
      if (isUnlimited(provider) && isUnlimited(deployment)) return uncounted;
      try {
        const minute = await run(providerId, { modelId, take: { tokens, provider, deployment } });
        if (minute < 0) return -minute;
        const correctBy = (more: number, requests: number) =>
          void correct(providerId, { modelId, correct: { more, minute, requests } });
        return { correct: (used) => correctBy(used - tokens, 0), giveBack: () => correctBy(-tokens, 1) };
      } catch (error) {
        logger.warn({ err: error, providerId }, 'a provider’s rate could not be counted');
        return uncounted;
      }
    },
  };

  async function correct(providerId: string, call: Correction): Promise<void> {
    if (call.correct.more === 0 && call.correct.requests === 0) return;
    await run(providerId, call).catch((error: unknown) => {
      logger.warn({ err: error, providerId }, 'a provider’s rate could not be corrected');
    });
  }
}

export type UpstreamRateOptions = { redis: Redis; atTurnsEnd: AtTurnsEnd; logger: Logger };

type Correction = { modelId: string; correct: { more: number; minute: number; requests: number } };
type RateCall = { modelId: string; take: { tokens: number; provider: Rate; deployment: Rate } } | Correction;

/** As `upstream-rate.lua` describes it. */
async function runTogether(redis: Redis, providerId: string, calls: readonly RateCall[]): Promise<number[]> {
  const ofProvider = `{p:${providerId}}:rate`;
  const keys = [ofProvider];
  const numbers = new Map<string, number>();
  const numberOf = (modelId: string) => {
    const number = numbers.get(modelId) ?? keys.push(`${ofProvider}:${modelId}`);
    numbers.set(modelId, number);
    return number;
  };
  const coded = calls.map((call) => {
    const deployment = numberOf(call.modelId);
    if ('correct' in call) return [1, 1, deployment, call.correct.more, call.correct.minute, call.correct.requests];
    const { tokens, provider, deployment: own } = call.take;
    return [0, 1, deployment, tokens, ...limitsOf(provider), ...limitsOf(own)];
  });
  const replies = await rateScript(redis, keys, [JSON.stringify(coded)]);
  return Array.isArray(replies) ? replies.map(Number) : [];
}

const limitsOf = (rate: Rate) => [rate.requestsPerMinute ?? -1, rate.tokensPerMinute ?? -1];

const rateScript = createRedisScript(
  ...['shared', 'upstream-rate'].map((name) => new URL(`${name}.lua`, import.meta.url)),
);

export type UpstreamRates = ReturnType<typeof createUpstreamRates>;

const uncounted: RateTicket = { correct: () => undefined, giveBack: () => undefined };
const isUnlimited = (rate: Rate) => rate.requestsPerMinute === null && rate.tokensPerMinute === null;
