import type { Redis } from 'ioredis';
import type { Logger } from '../../infra/logger.ts';
import type { Hold } from './hold.ts';

export type LeaseKeeperOptions = {
  redis: Redis;
  renew: (hold: Hold) => Promise<void>;
  leaseMs: number;
  logger: Logger;
};

/**
 * Renews the holds of this process's running calls, by one timer for all: three times a lease, so that one lost renewal
 * does no harm, and as soon as Redis is back from an outage.
 */
export function createLeaseKeeper({ redis, renew, leaseMs, logger }: LeaseKeeperOptions) {
  const running = new Set<Hold>();
  let timer: NodeJS.Timeout | undefined;

  function renewAll(): void {
    for (const hold of running) {
      renew(hold).catch((error: unknown) => {
        logger.warn({ err: error, requestId: hold.requestId }, 'a hold could not be renewed');
      });
    }
  }

  return {
    /** Keeps a hold alive until the answer is called. */
    keep(hold: Hold): () => void {
      running.add(hold);
      if (!timer) {
        timer = setInterval(renewAll, leaseMs / 3).unref();
        redis.on('ready', renewAll);
      }
      return () => void running.delete(hold);
    },
    stop(): void {
      clearInterval(timer);
      redis.off('ready', renewAll);
      timer = undefined;
    },
  };
}
