/** Runs the workflows, the activities that only touch our own stores, the ledger that carries usage to Postgres, and the sweep of lost starts. */
import { createOrchestratorActivities } from '../src/activities/index.ts';
import { createLostStarts } from '../src/work/lost-starts.ts';
import { createWork } from '../src/work/work.ts';
import { taskQueues } from '../src/workflows/task-queues.ts';
import { runWorker, workflowsPath } from './boot.ts';

await runWorker('orchestrator', async (services) => {
  services.usage.ledger.start();
  const { publications } = services.publishing;
  const lostStarts = createLostStarts({ ...services, publications, work: createWork(services) });
  lostStarts.start();
  return {
    queues: [{ taskQueue: taskQueues.orchestrator, workflowsPath, activities: createOrchestratorActivities(services) }],
    async close() {
      await lostStarts.stop();
      await services.usage.ledger.drain();
    },
  };
});
