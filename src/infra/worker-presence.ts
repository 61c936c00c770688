import type { Redis } from 'ioredis';

/**
 * Which worker processes live, by the identity under which they poll: Temporal goes on showing the pollers of a dead one
 * for minutes. Time is Redis' own.
 */
export function createWorkerPresence({ redis, leaseMs = LEASE_MS }: { redis: Redis; leaseMs?: number }) {
  return {
    /** Says that a process lives, now and every third of a lease. @returns what ends that */
    async keep(identity: string, onError: (error: unknown) => void): Promise<() => Promise<void>> {
      const beat = () => redis.set(`${PREFIX}${identity}`, '1', 'PX', leaseMs);
      await beat().catch(onError); // a worker works without being seen
      const timer = setInterval(() => void beat().catch(onError), leaseMs / 3);
      return async () => {
        clearInterval(timer);
        await redis.del(`${PREFIX}${identity}`).catch(onError);
      };
    },

    /** Those of them that live. */
    async living(identities: readonly string[]): Promise<Set<string>> {
      const lives = await Promise.all(identities.map((identity) => redis.exists(`${PREFIX}${identity}`)));
      return new Set(identities.filter((_, at) => lives[at] === 1));
    },
  };
}

export type WorkerPresence = ReturnType<typeof createWorkerPresence>;

const PREFIX = 'worker-process:';
const LEASE_MS = 9_000;
