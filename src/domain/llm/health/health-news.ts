import type { Redis } from 'ioredis';
import type { Logger } from '../../../infra/logger.ts';
import type { Metrics } from '../../../infra/metrics.ts';
import { createSubscription } from '../../../infra/redis-subscription.ts';

export type HealthNewsOptions = { redis: Redis; subscriber: Redis; logger: Logger; metrics: Metrics };

export type HealthNews = ReturnType<typeof createHealthNews>;

/**
 * What this process has heard of breakers and cool-downs, so that a call to a healthy deployment asks nobody. While it may
 * be missing news (not subscribed, connection lost) it knows nothing, and breakers are asked in Redis.
 */
export function createHealthNews({ redis, subscriber, logger, metrics }: HealthNewsOptions) {
  const channel = `${redis.options.keyPrefix ?? ''}health`;
  /** By deployment: until when it is shut, in ms of the monotonic clock; 0 is closed, and healthy. */
  const shutUntil = new Map<string, number>();
  /** By provider. */
  const coolUntil = new Map<string, number>();
  const subscription = createSubscription({
    subscriber,
    channel,
    onMessage,
    onLost: () => shutUntil.clear(),
    onRefused: (error) =>
      logger.warn({ err: error }, 'not subscribed to the news of breakers; they are asked in Redis'),
  });

  function onMessage(message: string): void {
    const [kind, id = '', ms = '0'] = message.split('|');
    if (kind === 'breaker') note(id, Number(ms));
    else coolUntil.set(id, performance.now() + Number(ms));
  }

  function note(modelId: string, shutMs: number): void {
    metrics.llmBreakerShut.set({ deployment: modelId }, shutMs === 0 ? 0 : 1);
    if (subscription.listening()) shutUntil.set(modelId, shutMs === 0 ? 0 : performance.now() + shutMs);
  }

  return {
    channel,
    open: () => subscription.open(),
    close: () => subscription.close(),
    note,
    /** `unknown`: ask; also when the time that a breaker was to stay open is over. */
    shut(modelId: string): 'open' | 'closed' | 'unknown' {
      const until = subscription.listening() ? shutUntil.get(modelId) : undefined;
      if (until === undefined) return 'unknown';
      if (until === 0) return 'closed';
      return performance.now() < until ? 'open' : 'unknown';
    },
    /** A provider has said that it is too busy: nobody asks it for so long. */
    async coolDown(providerId: string, ms: number): Promise<void> {
      coolUntil.set(providerId, performance.now() + ms);
      await redis.publish(channel, `cool|${providerId}|${Math.ceil(ms)}`).catch((error: unknown) => {
        logger.warn({ err: error, providerId }, 'a cool-down was not told to the other processes');
      });
    },
    /** Milliseconds that a provider still wants to be left alone. */
    coolingMs(providerId: string): number {
      const until = coolUntil.get(providerId);
      const ms = until === undefined ? 0 : until - performance.now();
      return ms > TIMER_SLACK_MS ? ms : 0;
    },
  };
}

/** Who has waited for the time that a provider named must not be told that it is not quite over. */
const TIMER_SLACK_MS = 5;
