import type { Publishing } from '../domain/publishing/publishing.ts';
import type { Logger } from '../infra/logger.ts';

export type EvidenceSweepOptions = { evidence: Pick<Publishing['evidence'], 'sweep'>; logger: Logger };

/** Deletes evidence that has expired. Any number of processes may do it: what is gone already is no error. */
export function createEvidenceSweep({ evidence, logger }: EvidenceSweepOptions) {
  let timer: NodeJS.Timeout | undefined;
  let sweeping: Promise<unknown> | null = null;

  async function sweepAll(): Promise<void> {
    while ((await evidence.sweep(MOST_AT_ONCE)) === MOST_AT_ONCE);
  }

  return {
    start(): void {
      timer = setInterval(() => {
        sweeping ??= sweepAll()
          .catch((error: unknown) => logger.warn({ err: error }, 'expired evidence was not deleted'))
          .finally(() => (sweeping = null));
      }, EVERY_MS).unref();
    },
    async stop(): Promise<void> {
      clearInterval(timer);
      await sweeping;
    },
  };
}

const MOST_AT_ONCE = 100;
const EVERY_MS = 600_000;
