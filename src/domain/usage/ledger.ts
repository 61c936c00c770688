import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { Database } from '../../infra/database.ts';
import type { Logger } from '../../infra/logger.ts';
import type { Metrics } from '../../infra/metrics.ts';
import { openEventStreams } from './event-stream.ts';
import type { Delivered, EventStreams } from './event-stream.ts';
import { monthOf } from './usage-event.ts';
import { createUsagePartitions } from './usage-partitions.ts';
import { insertUsageEvents, refusesRows } from './usage-rows.ts';

/**
 * Carries usage events from Redis to Postgres, exactly once by request id. Any number of processes may run one. An event
 * leaves Redis only after its row is committed; while Postgres is away it stays there, and what a dead process had been
 * given is taken over by another after `claimAfterMs`.
 */
export class Ledger {
  readonly #options: LedgerOptions;
  readonly #streams: EventStreams;
  readonly #ensurePartitions: ReturnType<typeof createUsagePartitions>;
  readonly #stopping = new AbortController();
  #loop: Promise<void> | undefined;
  #claimAtMs = 0;

  constructor(options: LedgerOptions) {
    this.#options = options;
    this.#ensurePartitions = createUsagePartitions(options.database);
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
        await this.#store(await this.#nextBatch());
        failures = 0;
      } catch (error) {
        failures += 1;
        this.#options.logger.warn({ err: error, failures }, 'the usage ledger waits');
        await this.#pause(Math.min(100 * 2 ** failures, 5_000));
      }
    }
  }

  async #nextBatch(): Promise<Delivered[]> {
    const first = await this.#streams.next(BLOCK_MS);
    const events = first.reduce((sum, entry) => sum + entry.events.length, 0);
    if (first.length === 0 || events >= BATCH) return first;
    await this.#pause(FILL_MS);
    return [...first, ...(await this.#waiting(false))];
  }

  /** After a start or a failure: the groups may be gone with Redis's memory, and what was read may not be written. */
  async #recover(): Promise<void> {
    await this.#streams.createGroups();
    await this.#store(await this.#waiting(true));
  }

  async #claimWhenDue(): Promise<void> {
    const { claimAfterMs } = this.#options;
    if (performance.now() < this.#claimAtMs) return;
    await this.#store(await this.#streams.claim(claimAfterMs));
    await this.#streams.forgetConsumers({ idleMs: FORGET_AFTER_MS, self: false });
    this.#claimAtMs = performance.now() + claimAfterMs / 2;
  }

  async #store(delivered: readonly Delivered[]): Promise<void> {
    for (const batch of inBatches(delivered)) {
      await this.#insert(batch.flatMap(({ stream, events }) => events.map((event) => ({ stream, event }))));
      await this.#streams.acknowledge(batch);
    }
  }

  /** What Postgres will never take must not hold up the rest: it is looked for by halves and set aside. */
  async #insert(batch: readonly Waiting[]): Promise<void> {
    const events = batch.map(({ event }) => event);
    try {
      await this.#ensurePartitions(new Set(events.map(monthOf).filter((month) => month !== null)));
      await insertUsageEvents(this.#options.database, events);
    } catch (error) {
      const [first] = batch;
      if (!refusesRows(error) || !first) throw error;
      if (batch.length === 1) return this.#reject(first, error);
      const half = Math.ceil(batch.length / 2);
      await this.#insert(batch.slice(0, half));
      await this.#insert(batch.slice(half));
    }
  }

  async #reject({ stream, event }: Waiting, reason: unknown): Promise<void> {
    this.#options.logger.error({ err: reason, event }, 'a usage event cannot be written');
    await this.#streams.reject(stream, event);
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
/** Under load, rows are written by the hundred: the rest of a batch may come this much later than its first event. */
const FILL_MS = 100;
const BATCH = 500;
const FORGET_AFTER_MS = 3_600_000;

type Waiting = { stream: string; event: string };

/** Entries with about as many events as one statement takes. */
function* inBatches(delivered: readonly Delivered[]): Generator<Delivered[]> {
  let batch: Delivered[] = [];
  let events = 0;
  for (const entry of delivered) {
    batch.push(entry);
    events += entry.events.length;
    if (events < BATCH) continue;
    yield batch;
    [batch, events] = [[], 0];
  }
  if (batch.length > 0) yield batch;
}
