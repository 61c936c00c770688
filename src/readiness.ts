import type { Client } from '@temporalio/client';
import type { Redis } from 'ioredis';
import type { SessionRegistry } from './domain/browsers/browsers.ts';
import type { Database } from './infra/database.ts';
import type { ObjectStorage } from './infra/object-storage.ts';
import type { QueueKind, TaskQueuePollers } from './task-queue-pollers.ts';
import { browserQueueOf, taskQueues } from './workflows/task-queues.ts';

export type ReadinessDependencies = {
  database: Database;
  redis: Redis;
  objects: ObjectStorage;
  temporal: Client;
  pollersOf: TaskQueuePollers;
  registry: Pick<SessionRegistry, 'workers'>;
};

/**
 * Asks every dependency, side by side, and whether each task queue has somebody who polls it. The queue of one browser
 * worker of several is told, and does not make the product unready.
 */
export function createReadiness(dependencies: ReadinessDependencies) {
  const { database, redis, objects, temporal, pollersOf, registry } = dependencies;
  const polled = (queue: string, kind: QueueKind) => async () => {
    if ((await pollersOf(queue, kind)) === 0) throw new Error(`no worker polls the task queue "${queue}"`);
  };
  const needed: Checks = {
    postgres: () => database.em.fork().execute('select 1'),
    redis: () => redis.ping(),
    s3: () => objects.reachable(),
    temporal: () => temporal.workflowService.getSystemInfo({}),
    'queue:workflows': polled(taskQueues.orchestrator, 'workflow'),
    'queue:orchestrator': polled(taskQueues.orchestrator, 'activity'),
    'queue:turns': polled(taskQueues.turns, 'activity'),
    'queue:llm': polled(taskQueues.llm, 'activity'),
    'queue:outside': polled(taskQueues.outside, 'activity'),
    'queue:browser': polled(taskQueues.browser, 'activity'),
  };
  const ofWorkers = async (): Promise<Checks> => {
    const workers = await registry.workers().catch(() => []);
    const queues = workers.map(({ workerId }) => browserQueueOf(workerId));
    return Object.fromEntries(queues.map((queue) => [`queue:${queue}`, polled(queue, 'activity')]));
  };
  return async () => {
    const [checks, further] = await Promise.all([outcomes(needed), ofWorkers().then(outcomes)]);
    return { ready: Object.values(checks).every(({ ok }) => ok), checks: { ...checks, ...further } };
  };
}

type Checks = Record<string, () => Promise<unknown>>;

async function outcomes(checks: Checks) {
  const asked = Object.entries(checks).map(async ([name, ask]) => [name, await answered(ask)] as const);
  return Object.fromEntries(await Promise.all(asked));
}

const PATIENCE_MS = 3_000;

async function answered(ask: () => Promise<unknown>): Promise<{ ok: boolean; latency_ms: number; detail?: string }> {
  const began = performance.now();
  const timeout = AbortSignal.timeout(PATIENCE_MS);
  const late = new Promise<never>((_, reject) => {
    timeout.addEventListener('abort', () => reject(new Error(`no answer within ${PATIENCE_MS} ms`)), { once: true });
  });
  const outcome = await Promise.race([ask(), late]).then(
    () => ({ ok: true }),
    (error: unknown) => ({ ok: false, detail: error instanceof Error ? error.message : String(error) }),
  );
  return { ...outcome, latency_ms: Math.round(performance.now() - began) };
}
