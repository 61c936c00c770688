import proto from '@temporalio/proto';
import type { Client } from '@temporalio/client';
import type { Redis } from 'ioredis';
import type { Database } from './infra/database.ts';
import type { ObjectStorage } from './infra/object-storage.ts';
import { taskQueues } from './workflows/task-queues.ts';

type Dependencies = { database: Database; redis: Redis; objects: ObjectStorage; temporal: Client; now: () => Date };

/** Asks every dependency, side by side, and whether each task queue has somebody who polls it. */
export function createReadiness({ database, redis, objects, temporal, now }: Dependencies) {
  const pollers = (queue: string, type: QueueType) => async () => {
    const { pollers: all } = await temporal.workflowService.describeTaskQueue({
      namespace: temporal.options.namespace,
      taskQueue: { name: queue },
      taskQueueType: type,
    });
    const oldest = now().getTime() / 1_000 - STALE_POLL_SECONDS;
    if (all.every(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) < oldest))
      throw new Error('no worker polls it');
  };
  const checks: Record<string, () => Promise<unknown>> = {
    postgres: () => database.em.fork().execute('select 1'),
    redis: () => redis.ping(),
    s3: () => objects.reachable(),
    temporal: () => temporal.workflowService.getSystemInfo({}),
    'queue:workflows': pollers(taskQueues.orchestrator, WORKFLOW),
    'queue:orchestrator': pollers(taskQueues.orchestrator, ACTIVITY),
    'queue:llm': pollers(taskQueues.llm, ACTIVITY),
    'queue:outside': pollers(taskQueues.outside, ACTIVITY),
    'queue:browser': pollers(taskQueues.browser, ACTIVITY),
  };
  return async () => {
    const entries = await Promise.all(
      Object.entries(checks).map(async ([name, ask]) => [name, await answered(ask)] as const),
    );
    return { ready: entries.every(([, { ok }]) => ok), checks: Object.fromEntries(entries) };
  };
}

const { TASK_QUEUE_TYPE_WORKFLOW: WORKFLOW, TASK_QUEUE_TYPE_ACTIVITY: ACTIVITY } =
  proto.temporal.api.enums.v1.TaskQueueType;
type QueueType = proto.temporal.api.enums.v1.TaskQueueType;

/** A long poll lasts a minute, so a live worker's last one is at most that old. */
const STALE_POLL_SECONDS = 75;

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
