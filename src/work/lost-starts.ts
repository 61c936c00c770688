import type { Publication } from '../entities/publication.ts';
import type { Logger } from '../infra/logger.ts';
import type { Work } from './work.ts';

export type LostStartsOptions = {
  publications: { withoutRun(since: Date, limit: number): Promise<Publication[]> };
  work: Pick<Work, 'publicationOf'>;
  now: () => Date;
  logger: Logger;
};

/**
 * Starts the runs of rows whose process died between the row and the run. Any number of processes may look: a run is
 * started once by its id.
 */
export function createLostStarts({ publications, work, now, logger }: LostStartsOptions) {
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<unknown> = Promise.resolve();

  /** @returns how many rows had waited too long */
  async function look(): Promise<number> {
    const waiting = await publications.withoutRun(new Date(now().getTime() - PATIENCE_MS), MOST_AT_ONCE);
    for (const publication of waiting) {
      logger.warn({ publicationId: publication.id }, 'a publication waited without a run; it is started');
      await work.publicationOf(publication);
    }
    return waiting.length;
  }

  return {
    look,
    start(): void {
      timer = setInterval(() => {
        looking = looking
          .then(look)
          .catch((error: unknown) => logger.warn({ err: error }, 'lost starts were not looked for'));
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
