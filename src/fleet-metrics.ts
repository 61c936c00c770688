import { Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import type { SessionRegistry, WorkerLoad } from './domain/browsers/browsers.ts';
import type { QueueKind, TaskQueuePollers } from './task-queue-pollers.ts';
import { browserQueueOf, taskQueues } from './workflows/task-queues.ts';

export type FleetMetricsOptions = {
  registry: Registry;
  sessions: Pick<SessionRegistry, 'workers'>;
  pollersOf: TaskQueuePollers;
};

/** Who works, as all processes together know it; read anew whenever Prometheus asks. What cannot be read is left out. */
export function addFleetMetrics({ registry, sessions, pollersOf }: FleetMetricsOptions): void {
  const workers = () => sessions.workers().catch((): WorkerLoad[] => []);
  const perWorker = (name: string, help: string, valueOf: (worker: WorkerLoad) => number | null) =>
    new Gauge({
      name,
      help,
      labelNames: ['worker'],
      registers: [registry],
      async collect() {
        this.reset();
        for (const worker of await workers()) {
          const value = valueOf(worker);
          if (value !== null) this.set({ worker: worker.workerId }, value);
        }
      },
    });
  perWorker('browser_slots', 'Sessions that a browser worker may hold; 0 while it is drained.', ({ slots, order }) =>
    order === null ? slots : 0,
  );
  perWorker('browser_sessions', 'Sessions that it holds or has been given.', ({ sessions: held }) => held);
  perWorker('browser_sessions_at_work', 'Accounts with a job that runs or waits.', ({ report }) => report.jobs);
  perWorker(
    'browser_memory_bytes',
    'Memory of its browser, shared pages by share.',
    ({ report }) => report.memoryBytes,
  );
  perWorker('browser_blocked_requests', 'Not made since it started: to hosts that nobody misses.', ({ report }) => {
    return report.denied.blocked;
  });
  perWorker('browser_refused_requests', 'Not made since it started: to hosts that are not named.', ({ report }) => {
    return report.denied.refused;
  });

  const pollers = new Gauge({
    name: 'task_queue_pollers',
    help: 'Live worker processes that poll a queue.',
    labelNames: ['queue', 'kind'],
    registers: [registry],
    async collect() {
      this.reset();
      const own = (await workers()).map(({ workerId }) => browserQueueOf(workerId));
      const queues = [...Object.values(taskQueues), ...own].map((queue) => [queue, 'activity'] as const);
      await Promise.all([[taskQueues.orchestrator, 'workflow'] as const, ...queues].map(read));
    },
  });

  async function read([queue, kind]: readonly [string, QueueKind]): Promise<void> {
    const found = await pollersOf(queue, kind).catch(() => null);
    if (found !== null) pollers.set({ queue, kind }, found);
  }
}
