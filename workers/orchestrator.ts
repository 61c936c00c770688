/** Runs the workflows, and the activities that only touch our own stores. */
import { createOrchestratorActivities } from '../src/activities/index.ts';
import { taskQueues } from '../src/workflows/task-queues.ts';
import { runWorker, workflowsPath } from './boot.ts';

await runWorker('orchestrator', async (services) => ({
  queues: [{ taskQueue: taskQueues.orchestrator, workflowsPath, activities: createOrchestratorActivities(services) }],
}));
