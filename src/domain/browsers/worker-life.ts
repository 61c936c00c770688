import type { Logger } from '../../infra/logger.ts';
import type { BrowserPool } from './browser-pool.ts';
import type { SessionEgress } from './session-egress.ts';
import type { SessionRegistry } from './session-registry.ts';
import type { WorkerOrder, WorkerReport } from './worker-report.ts';

export type WorkerLifeOptions = {
  workerId: string;
  slots: number;
  self: Pick<WorkerReport, 'host' | 'pid' | 'version'>;
  pool: Pick<BrowserPool, 'sweep' | 'endResting' | 'recycle' | 'sessions' | 'jobs' | 'accountIds'>;
  /** Accounts whose slot is at work. */
  atWork: ReadonlySet<string>;
  /** Gets sessions ready for what is due within moments. */
  getReady: () => Promise<void>;
  registry: Pick<SessionRegistry, 'beat' | 'finishRestart' | 'leave'>;
  egress: Pick<SessionEgress, 'denied'>;
  /** What the browser holds now, in bytes; null where that cannot be measured. */
  memory: () => Promise<number | null>;
  memoryLimitBytes: number;
  now: () => number;
  logger: Logger;
};

/** A browser worker's second by second: it says that it lives, keeps within its memory, and does what operators want. */
export function createWorkerLife(options: WorkerLifeOptions) {
  const { workerId, slots, self, pool, atWork, getReady, registry, egress, memory, memoryLimitBytes, now, logger } =
    options;
  const startedAtMs = now();
  let memoryBytes: number | null = null;
  let recycled = 0;
  let recycling = false;
  let order: WorkerOrder | null = null;

  async function beat(): Promise<void> {
    await pool.sweep();
    const counts = { memoryBytes, recycled, jobs: pool.jobs(), denied: egress.denied() };
    const report = { ...self, ...counts, startedAtMs, sessions: pool.sessions() };
    const wanted = await registry.beat({ workerId, slots, accountIds: pool.accountIds(), report, atWork: [...atWork] });
    if (wanted !== order) logger.info({ wanted, before: order }, 'an operator wants something else of this worker');
    order = wanted;
    if (order !== null) await drain();
  }

  /** A publication's click follows its preparation within moments: a session that was used just now is waited for. */
  async function drain(): Promise<void> {
    await pool.endResting(({ usedAtMs }) => now() - usedAtMs >= AT_REST_MS);
    const isEmpty = pool.sessions().length === 0 && pool.jobs() === 0;
    if (order !== 'restart' || !isEmpty) return;
    await recycle('restart');
    await registry.finishRestart(workerId);
  }

  /** Sessions that rest are worth less than the jobs that others could do; then the browser itself. */
  async function keepWithinMemory(): Promise<void> {
    memoryBytes = await memory();
    if (memoryBytes === null || memoryBytes <= memoryLimitBytes) return;
    await pool.endResting(() => true);
    memoryBytes = await memory();
    if (memoryBytes !== null && memoryBytes > memoryLimitBytes) await recycle('memory');
  }

  async function recycle(why: 'restart' | 'memory'): Promise<void> {
    if (recycling) return;
    recycling = true;
    try {
      logger.info({ why, memoryBytes }, 'the browser is started anew');
      await pool.recycle();
      recycled += 1;
    } finally {
      recycling = false;
    }
  }

  const told = (work: () => Promise<void>, what: string) => () =>
    void work().catch((error: unknown) => logger.warn({ err: error }, what));

  return {
    beat,
    keepWithinMemory,
    /** @returns what ends it and takes the worker out of the registry */
    async start(): Promise<() => Promise<void>> {
      await beat();
      const timers = [
        setInterval(told(beat, 'the session registry did not hear of this worker'), BEAT_EVERY_MS),
        setInterval(told(getReady, 'no session was made ready'), BEAT_EVERY_MS),
        setInterval(told(keepWithinMemory, 'the memory was not looked at'), MEASURE_EVERY_MS),
      ];
      return async () => {
        for (const timer of timers) clearInterval(timer);
        await registry.leave(workerId);
      };
    },
  };
}

export const LEASE_MS = 6_000;
const BEAT_EVERY_MS = 1_000;
const MEASURE_EVERY_MS = 10_000;
const AT_REST_MS = 5_000;
