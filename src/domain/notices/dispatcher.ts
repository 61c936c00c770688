import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../../infra/logger.ts';

export type DispatcherOptions = {
  /** In this order; each answers how much it did. */
  steps: readonly (() => Promise<number>)[];
  logger: Logger;
};

/**
 * Carries notices from the outbox to where they go, every second or, while there is more, at once. Any number of processes
 * may run one, and each may end at any moment: what it has not finished is found by the next.
 */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #stopping = new AbortController();
  #loop: Promise<void> | undefined;

  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#stopping.signal.aborted) {
      try {
        let did = 0;
        for (const step of this.#options.steps) did += await step();
        failures = 0;
        if (did === 0) await this.#pause(EVERY_MS);
      } catch (error) {
        failures += 1;
        this.#options.logger.warn({ err: error, failures }, 'notices wait');
        await this.#pause(Math.min(EVERY_MS * 2 ** failures, LONGEST_PAUSE_MS));
      }
    }
  }

  async #pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }
}

const EVERY_MS = 1_000;
const LONGEST_PAUSE_MS = 10_000;
