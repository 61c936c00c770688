import type { Logger } from '../../infra/logger.ts';
import type { RunCall } from './call-batch.ts';

/** What a provider, or one deployment of it, may be asked a minute; null is no limit. */
export type Rate = { requestsPerMinute: number | null; tokensPerMinute: number | null };

export type RatedCall = { providerId: string; modelId: string; provider: Rate; deployment: Rate; tokens: number };

/** Counted; `correct` says what the call came to in the end, `giveBack` that it was not made. */
export type RateTicket = { correct(tokens: number): void; giveBack(): void };

/** Keeps all processes together within what providers allow a minute. */
export function createUpstreamRates({ run, logger }: { run: RunCall; logger: Logger }) {
  return {
    /**
     * Counts one call at its worst case.
     * @returns a ticket, or the ms to wait; while Redis is away calls pass, because reservations refuse then
     */
    async take({ providerId, modelId, provider, deployment, tokens }: RatedCall): Promise<RateTicket | number> {
      if (isUnlimited(provider) && isUnlimited(deployment)) return uncounted;
      const keys = [`{p:${providerId}}:rate`, `{p:${providerId}}:rate:${modelId}`];
      const limits = [provider, deployment].flatMap((rate) => [
        rate.requestsPerMinute ?? '',
        rate.tokensPerMinute ?? '',
      ]);
      try {
        const minute = Number(await run({ verb: 'take', keys, args: [tokens, ...limits] }));
        if (minute < 0) return -minute;
        const correctBy = (more: number, requests: number) => void correct(keys, [more, minute, requests]);
        return { correct: (used) => correctBy(used - tokens, 0), giveBack: () => correctBy(-tokens, 1) };
      } catch (error) {
        logger.warn({ err: error, providerId }, 'a provider’s rate could not be counted');
        return uncounted;
      }
    },
  };

  async function correct(keys: string[], args: [more: number, minute: number, requests: number]): Promise<void> {
    if (args[0] === 0 && args[2] === 0) return;
    await run({ verb: 'correct', keys, args }).catch((error: unknown) => {
      logger.warn({ err: error }, 'a provider’s rate could not be corrected');
    });
  }
}

export type UpstreamRates = ReturnType<typeof createUpstreamRates>;

const uncounted: RateTicket = { correct: () => undefined, giveBack: () => undefined };
const isUnlimited = (rate: Rate) => rate.requestsPerMinute === null && rate.tokensPerMinute === null;
