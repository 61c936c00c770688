import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { apiPlace } from '../test/api-place.ts';
import type { ApiPlace } from '../test/api-place.ts';
import { noReport } from './domain/browsers/worker-report.ts';
import { addFleetMetrics } from './fleet-metrics.ts';
import { createReadiness } from './readiness.ts';
import { taskQueues } from './workflows/task-queues.ts';

let place: ApiPlace;
/** The queues that nobody polls. */
let dead: Set<string>;
const pollersOf = async (queue: string) => (dead.has(queue) ? 0 : 1);

beforeAll(async () => {
  place = await apiPlace();
  const report = { ...noReport, jobs: 1, memoryBytes: 1_000, denied: { blocked: 2, refused: 3 } };
  await place.browsers.registry.beat({ workerId: 'w1', slots: 4, accountIds: ['acc_1'], report });
});
afterAll(() => place.close());

const readiness = () => {
  const objects = { reachable: async () => undefined, ...notAsked };
  const parts = { database: place.database, temporal: place.temporal, redis: place.redis, objects, pollersOf };
  return createReadiness({ ...parts, registry: place.browsers.registry })();
};
const notAsked = {
  prepare: async () => undefined,
  put: async () => undefined,
  get: async () => Buffer.of(),
  remove: async () => undefined,
  link: async () => '',
};

test('all is ready when each dependency answers and each queue is polled', async () => {
  dead = new Set();
  const { ready, checks } = await readiness();
  expect(ready).toBe(true);
  expect(Object.keys(checks)).toContain('queue:browser:w1');
});

test.each(Object.values(taskQueues))(
  'the queue %s without pollers is named, and makes the product unready',
  async (queue) => {
    dead = new Set([queue]);
    expect(await readiness()).toMatchObject({
      ready: false,
      checks: { [`queue:${queue}`]: { ok: false, detail: `no worker polls the task queue "${queue}"` } },
    });
  },
);

test('the queue of one browser worker is named, and the product stays ready', async () => {
  dead = new Set(['browser:w1']);
  expect(await readiness()).toMatchObject({ ready: true, checks: { 'queue:browser:w1': { ok: false } } });
});

test('Prometheus reads who polls each queue and what each browser worker holds', async () => {
  dead = new Set(['llm']);
  const registry = new Registry();
  addFleetMetrics({ registry, sessions: place.browsers.registry, pollersOf });
  const text = await registry.metrics();
  for (const line of [
    'task_queue_pollers{queue="llm",kind="activity"} 0',
    'task_queue_pollers{queue="orchestrator",kind="workflow"} 1',
    'task_queue_pollers{queue="browser:w1",kind="activity"} 1',
    'browser_slots{worker="w1"} 4',
    'browser_sessions{worker="w1"} 1',
    'browser_sessions_at_work{worker="w1"} 1',
    'browser_memory_bytes{worker="w1"} 1000',
    'browser_refused_requests{worker="w1"} 3',
  ]) {
    expect(text).toContain(line);
  }
});
