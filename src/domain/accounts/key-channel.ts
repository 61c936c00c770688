import type { Redis } from 'ioredis';
import { AppError } from '../../errors.ts';
import type { Config } from '../../infra/config.ts';
import type { Logger } from '../../infra/logger.ts';
import { createSubscription } from '../../infra/redis-subscription.ts';

/** One key, by its hash; all keys of a user; or all keys of the users of a tier. */
export type KeyNews = { kind: 'key' | 'user' | 'tier'; id: string };

export type ChannelParts = { redis: Redis; subscriber: Redis; config: Config; logger: Logger };

type Listeners = {
  onNews(news: KeyNews): void;
  /** From now on news may be missed. */
  onLost(): void;
};

/** How the processes tell each other that keys have changed. */
export function createKeyChannel({ redis, subscriber, config, logger }: ChannelParts, listeners: Listeners) {
  const channel = `${config.REDIS_PREFIX}keys`;
  const subscription = createSubscription({
    subscriber,
    channel,
    onMessage: (message) => listeners.onNews(newsOf(message)),
    onLost: () => listeners.onLost(),
    onRefused: (error) => logger.warn({ err: error }, 'not subscribed to key changes; keys are read from Postgres'),
  });
  subscription.open();

  return {
    /** Whether this process hears of every change. */
    listening: subscription.listening,

    /** @throws AppError `unavailable` when the others could not be told; the caller may repeat its change */
    async tell({ kind, id }: KeyNews): Promise<void> {
      await redis.publish(channel, `${kind} ${id}`).catch((cause: unknown) => {
        throw new AppError('unavailable', 'The change could not be told to every server; repeat it.', { cause });
      });
    },

    async close(): Promise<void> {
      subscription.close();
      if (subscriber.status === 'ready') await subscriber.unsubscribe(channel);
    },
  };
}

/** A process of an older release tells the bare hash of a key. */
function newsOf(message: string): KeyNews {
  const [kind = '', id = ''] = message.split(' ');
  return kind === 'user' || kind === 'tier' ? { kind, id } : { kind: 'key', id: id || kind };
}
