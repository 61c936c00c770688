import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { AppError } from '../../errors.ts';
import { noReport, workerOrder, workerReport } from './worker-report.ts';
import type { WorkerOrder, WorkerReport } from './worker-report.ts';

/**
 * Which browser worker holds which account's session, for all processes to see. Every entry is a lease that its worker
 * renews: a worker that dies vanishes with all it held, and nobody has to notice. Time is Redis' own.
 */
export function createSessionRegistry(redis: Redis, { leaseMs, prefix = 'browser' }: RegistryOptions): SessionRegistry {
  // All keys share a hash tag: one script works on them, and a cluster keeps them on one node.
  const keyOf = (name: string) => `{${prefix}}:${name}`;
  const keys = ['workers', 'slots', 'holders', 'leases', 'reports', 'orders', 'busy'].map(keyOf);
  const run = (script: string, ...args: (string | number)[]) => redis.eval(script, keys.length, ...keys, ...args);
  return {
    async beat({ workerId, slots, accountIds, report, atWork = [] }) {
      const args = [slots, JSON.stringify(report), atWork.length, ...atWork, ...accountIds];
      return workerOrder.nullable().parse(await run(scripts.beat, leaseMs, workerId, ...args));
    },
    async claim(accountId, workerId) {
      const chosen = z
        .string()
        .nullable()
        .parse(await run(scripts.claim, leaseMs, accountId, workerId, leaseMs * 2));
      if (chosen === null) throw new AppError('browser_busy', 'No browser worker is alive.');
      if (chosen === '') throw new AppError('browser_busy', 'Every browser session is at work.');
      return { workerId: chosen };
    },
    async rest(accountId, workerId) {
      await run(scripts.rest, accountId, workerId);
    },
    async release(accountId, workerId) {
      await run(scripts.release, accountId, workerId);
    },
    async leave(workerId) {
      await run(scripts.leave, workerId);
    },
    async order(workerId, order) {
      return (await run(scripts.order, workerId, order ?? '', '')) === 1;
    },
    async finishRestart(workerId) {
      await run(scripts.order, workerId, '', 'restart');
    },
    async workers() {
      return workerList.parse(await run(scripts.workers, leaseMs));
    },
  };
}

export interface SessionRegistry {
  /**
   * Says that the worker lives and holds these sessions, for another lease. To be called every second.
   * @returns what an operator wants of it
   */
  beat(worker: Beat): Promise<WorkerOrder | null>;
  /**
   * Whose turn it is to open the account's session: the live worker that holds it, else `workerId` if it has a free slot,
   * else the least loaded live one that has a slot which is not at work. The answer is also a lease on the session and, for
   * two leases, on the slot: work that begins in that time keeps it by the beats of its worker.
   * @throws AppError `browser_busy` when no worker is alive, or every slot is at work
   */
  claim(accountId: string, workerId: string): Promise<{ workerId: string }>;
  /** The account's work has ended: its session stays, and its slot may be given to another account. */
  rest(accountId: string, workerId: string): Promise<void>;
  /** Gives a session up, if this worker is still the one that holds it. */
  release(accountId: string, workerId: string): Promise<void>;
  /** A worker that shuts down in order takes itself and its sessions out at once. */
  leave(workerId: string): Promise<void>;
  /** Null takes an order back. @returns whether there is such a worker, alive */
  order(workerId: string, order: WorkerOrder | null): Promise<boolean>;
  /** Takes the order to restart back, unless another one was given meanwhile. */
  finishRestart(workerId: string): Promise<void>;
  /** Every live worker, the one that will be missed first in front. */
  workers(): Promise<WorkerLoad[]>;
}

export type Beat = {
  workerId: string;
  slots: number;
  accountIds: readonly string[];
  report: WorkerReport;
  /** Those whose session is at work now. */
  atWork?: readonly string[];
};

export type RegistryOptions = { leaseMs: number; prefix?: string };

const workerList = z.array(
  z
    .tuple([z.string(), z.int(), z.int(), z.int(), z.string(), workerOrder.or(z.literal(''))])
    .transform(([workerId, slots, sessions, beatenAtMs, report, order]) => ({
      workerId,
      slots,
      sessions,
      beatenAtMs,
      report: workerReport.catch(noReport).parse(JSON.parse(report)),
      order: order === '' ? null : order,
    })),
);
export type WorkerLoad = z.infer<typeof workerList>[number];

const lua = (name: string): string =>
  ['leases', name].map((file) => readFileSync(join(import.meta.dirname, `${file}.lua`), 'utf8')).join('\n');

const scripts = {
  beat: lua('beat'),
  claim: lua('claim'),
  rest: lua('rest'),
  release: lua('release'),
  leave: lua('leave'),
  workers: lua('workers'),
  order: lua('order'),
};
