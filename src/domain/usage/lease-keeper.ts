import type { Redis } from 'ioredis';
import type { Logger } from '../../infra/logger.ts';
import { createRedisScript } from '../../infra/redis-script.ts';
import { usageKeys } from './hold.ts';
import type { Hold, ShardKeys } from './hold.ts';

export type LeaseKeeperOptions = {
  redis: Redis;
  owner: string;
  leaseMs: number;
  /** Puts one hold back, if Redis has lost it. */
  renew: (hold: Hold) => Promise<void>;
  logger: Logger;
};

/**
 * Renews the leases by which the holds of this process's running calls live, by one timer for all: three times a lease, so
 * that one lost renewal does no harm, and as soon as Redis is back from an outage.
 */
export function createLeaseKeeper({ redis, owner, leaseMs, renew, logger }: LeaseKeeperOptions) {
  const running = new Set<Hold>();
  let timer: NodeJS.Timeout | undefined;

  function renewAll(): void {
    for (const [shard, holds] of Map.groupBy(running, ({ userId }) => usageKeys(userId))) {
      renewShard(shard, holds).catch((error: unknown) => {
        logger.warn({ err: error, holds: holds.length }, 'holds could not be renewed');
      });
    }
  }

  /** However many calls run, it is one command; only what Redis has lost with its memory is put back one by one. */
  async function renewShard({ leases, epoch }: ShardKeys, holds: readonly Hold[]): Promise<void> {
    const remembersSince = await leaseScript(redis, [leases, epoch], [owner, leaseMs]);
    const lost = holds.filter((hold) => hold.epoch !== remembersSince && running.has(hold));
    await Promise.all(lost.map(renew));
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

const leaseScript = createRedisScript(new URL('shared.lua', import.meta.url), new URL('lease.lua', import.meta.url));
