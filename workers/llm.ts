/** Asks language models on behalf of workflows. */
import { createLlmActivities } from '../src/activities/index.ts';
import { taskQueues } from '../src/workflows/task-queues.ts';
import { runWorker } from './boot.ts';

await runWorker('llm', async (services) => {
  await services.llm.open();
  return { queues: [{ taskQueue: taskQueues.llm, activities: createLlmActivities(services) }] };
});
