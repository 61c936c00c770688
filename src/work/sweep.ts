import type { Logger } from '../infra/logger.ts';

export type SweepOptions = {
  /** By name; each deletes at most as many rows as it is told, and answers how many. */
  steps: Readonly<Record<string, (limit: number) => Promise<number>>>;
  logger: Logger;
};

/** Deletes what nobody needs any more, now and then. Any number of processes may do it: what one holds the others pass over. */
export function createSweep({ steps, logger }: SweepOptions) {
  let timer: NodeJS.Timeout | undefined;
  let sweeping: Promise<void> | null = null;
  const stopping = new AbortController();

  async function sweep(): Promise<void> {
    for (const [name, step] of Object.entries(steps)) {
      try {
        let rows = MOST_AT_ONCE;
        while (rows === MOST_AT_ONCE && !stopping.signal.aborted) rows = await step(MOST_AT_ONCE);
      } catch (error) {
        logger.warn({ err: error, step: name }, 'leftovers were not swept');
      }
    }
  }

  return {
    sweep,
    start(): void {
      timer = setInterval(() => {
        sweeping ??= sweep().finally(() => (sweeping = null));
      }, SWEEP_EVERY_MS).unref();
    },
    async stop(): Promise<void> {
      stopping.abort();
      clearInterval(timer);
      await sweeping;
    },
  };
}

const SWEEP_EVERY_MS = 600_000;
const MOST_AT_ONCE = 1_000;
