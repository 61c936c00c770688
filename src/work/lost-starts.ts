import type { Publications } from '../domain/publishing/publishing.ts';
import type { Logger } from '../infra/logger.ts';
import type { Work } from './work.ts';

export type LostStartsOptions = {
  publications: Pick<Publications, 'withoutRun' | 'load'>;
  work: Pick<Work, 'begin'>;
  now: () => Date;
  logger: Logger;
};

/**
 * Starts the runs of rows whose process died between the row and the run. Any number of processes may look: a run is
 * started once by its id.
 */
export function createLostStarts({ publications, work, now, logger }: LostStartsOptions) {
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<unknown> | null = null;

  /** @returns how many rows had waited too long */
  async function look(): Promise<number> {
    const waiting = await publications.withoutRun(new Date(now().getTime() - PATIENCE_MS), MOST_AT_ONCE);
    for (const { id } of waiting) {
      logger.warn({ publicationId: id }, 'a publication waited without a run; it is started');
      await work.begin(await publications.load(id)); // as it is now: starting takes its time
    }
    return waiting.length;
  }

  return {
    look,
    start(): void {
      timer = setInterval(() => {
        looking ??= look()
          .catch((error: unknown) => logger.warn({ err: error }, 'lost starts were not looked for'))
          .finally(() => (looking = null));
      }, LOOK_EVERY_MS).unref();
    },
    async stop(): Promise<void> {
      clearInterval(timer);
      await looking;
    },
  };
}

/** Whoever made the row starts its run in less. */
const PATIENCE_MS = 10_000;
/** With the patience well below the minute that is promised. */
const LOOK_EVERY_MS = 20_000;
const MOST_AT_ONCE = 500;
