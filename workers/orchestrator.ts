/** Runs the workflows, the activities that only touch our own stores, and the ledger that carries usage to Postgres. */
import { createOrchestratorActivities } from '../src/activities/index.ts';
import { taskQueues } from '../src/workflows/task-queues.ts';
import { runWorker, workflowsPath } from './boot.ts';

await runWorker('orchestrator', async (services) => {
  services.usage.ledger.start();
  return {
    queues: [{ taskQueue: taskQueues.orchestrator, workflowsPath, activities: createOrchestratorActivities(services) }],
    close: () => services.usage.ledger.drain(),
  };
});
