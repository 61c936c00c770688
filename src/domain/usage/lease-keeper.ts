import type { Logger } from '../../infra/logger.ts';
import type { Hold } from './hold.ts';

export type LeaseKeeperOptions = { renew: (hold: Hold) => Promise<void>; leaseMs: number; logger: Logger };

/**
 * Renews the holds of this process's running calls, by one timer for all: three times a lease, so that one lost renewal
 * does no harm.
 */
export function createLeaseKeeper({ renew, leaseMs, logger }: LeaseKeeperOptions) {
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
      timer ??= setInterval(renewAll, leaseMs / 3).unref();
      return () => void running.delete(hold);
    },
    stop(): void {
      clearInterval(timer);
      timer = undefined;
    },
  };
}
