import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { Database } from '../../infra/database.ts';
import type { Logger } from '../../infra/logger.ts';
import type { Metrics } from '../../infra/metrics.ts';
import { openEventStreams } from './event-stream.ts';
import type { Delivered, EventStreams } from './event-stream.ts';
import { usageEventSchema } from './usage-event.ts';
import type { UsageEvent } from './usage-event.ts';
import { insertUsageRows, refusesRows } from './usage-rows.ts';

/**
 * Carries usage events from Redis to Postgres, exactly once by request id. Any number of processes may run one. An event
 * leaves Redis only after its row is committed; while Postgres is away it stays there, and what a dead process had been
 * given is taken over by another after `claimAfterMs`.
 */
export class Ledger {
  readonly #options: LedgerOptions;
  readonly #streams: EventStreams;
  readonly #stopping = new AbortController();
  #loop: Promise<void> | undefined;
  #claimAtMs = 0;

  constructor(options: LedgerOptions) {
    this.#options = options;
    this.#streams = openEventStreams({ ...options, consumer: randomUUID() });
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  /** Ends at once. What was not written stays in Redis for another process. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const longest = delay(BLOCK_MS * 4, undefined, { ref: false }); // the blocking connection waits out an outage
    await Promise.race([this.#loop, longest]);
  }

  /** Writes what waits at this moment, then ends; for a process that was told to go. Does not wait for a Postgres that is away. */
  async drain(): Promise<void> {
    await this.stop();
    try {
      await this.#streams.createGroups();
      for (const again of [true, false]) {
        for (let events = await this.#waiting(again); events.length > 0; events = await this.#waiting(again)) {
          await this.#store(events);
        }
      }
      await this.#streams.forgetConsumers({ idleMs: FORGET_AFTER_MS, self: true });
    } catch (error) {
      this.#options.logger.warn({ err: error }, 'usage events were left in Redis for another process');
    }
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#stopping.signal.aborted) {
      try {
        if (failures > 0 || this.#claimAtMs === 0) await this.#recover();
        await this.#claimWhenDue();
        await this.#store(await this.#streams.next(BLOCK_MS));
        failures = 0;
      } catch (error) {
        failures += 1;
        this.#options.logger.warn({ err: error, failures }, 'the usage ledger waits');
        await this.#pause(Math.min(100 * 2 ** failures, 5_000));
      }
    }
  }

  /** After a start or a failure: the groups may be gone with Redis's memory, and what was read may not be written. */
  async #recover(): Promise<void> {
    await this.#streams.createGroups();
    await this.#store(await this.#waiting(true));
  }

  async #claimWhenDue(): Promise<void> {
    const { claimAfterMs, metrics } = this.#options;
    if (performance.now() < this.#claimAtMs) return;
    await this.#store(await this.#streams.claim(claimAfterMs));
    await this.#streams.forgetConsumers({ idleMs: FORGET_AFTER_MS, self: false });
    metrics.usageLag.set(await this.#streams.length());
    this.#claimAtMs = performance.now() + claimAfterMs / 2;
  }

  async #store(events: readonly Delivered[]): Promise<void> {
    if (events.length === 0) return;
    const parsed = events.map((delivered) => ({ delivered, event: parseEvent(delivered.event) }));
    for (const { delivered, event } of parsed) {
      if (event === null) await this.#reject(delivered, 'not a usage event');
    }
    const rows = parsed.flatMap(({ delivered, event }) => (event ? [{ delivered, event }] : []));
    await this.#insert(rows);
    await this.#streams.acknowledge(events);
  }

  /** One row that Postgres will never take must not hold up the others. */
  async #insert(rows: readonly { delivered: Delivered; event: UsageEvent }[]): Promise<void> {
    try {
      await insertUsageRows(
        this.#options.database,
        rows.map(({ event }) => event),
      );
    } catch (error) {
      const [first] = rows;
      if (!refusesRows(error) || !first) throw error;
      if (rows.length === 1) await this.#reject(first.delivered, error);
      else for (const row of rows) await this.#insert([row]);
    }
  }

  async #reject(delivered: Delivered, reason: unknown): Promise<void> {
    if (delivered.event === undefined) return;
    this.#options.logger.error({ err: reason, event: delivered.event }, 'a usage event cannot be written');
    await this.#streams.reject(delivered);
  }

  #waiting(again: boolean): Promise<Delivered[]> {
    return this.#streams.waiting({ again });
  }

  async #pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }
}

export type LedgerOptions = {
  redis: Redis;
  blockingRedis: Redis;
  database: Database;
  logger: Logger;
  metrics: Metrics;
  claimAfterMs: number;
};

const BLOCK_MS = 500;
const FORGET_AFTER_MS = 3_600_000;

function parseEvent(text: string | undefined): UsageEvent | null {
  try {
    return usageEventSchema.parse(JSON.parse(text ?? ''));
  } catch {
    return null;
  }
}
