/**
 * Runs the workflows, the activities that only touch our own stores, what leaves for users' servers and mailboxes, the
 * ledger that carries usage to Postgres, the sweeps of lost starts and leftovers, and the dispatcher that carries notices
 * to their runs.
 */
import { createOrchestratorActivities, createOutsideActivities } from '../src/activities/index.ts';
import { createLostStarts } from '../src/work/lost-starts.ts';
import { createNoticeRuns } from '../src/work/notice-runs.ts';
import { createSweep } from '../src/work/sweep.ts';
import { createTurnRuns } from '../src/work/turn-runs.ts';
import { createWork } from '../src/work/work.ts';
import { taskQueues } from '../src/workflows/task-queues.ts';
import { runWorker, workflowsPath } from './boot.ts';
import { rowSteps, turnSteps, workflowTasks } from './orchestrator-limits.ts';

await runWorker('orchestrator', async (services) => {
  services.usage.ledger.start();
  const { publications } = services.publishing;
  const lostStarts = createLostStarts({ ...services, publications, work: createWork(services) });
  lostStarts.start();
  const sweep = createSweep({
    logger: services.logger,
    steps: {
      notices: services.notices.dropOld,
      edits: services.publishing.dropLeftovers,
      grants: (limit) => services.credentials.dropExpired(limit),
      evidence: (limit) => services.publishing.evidence.sweep(limit),
    },
  });
  sweep.start();
  const dispatcher = services.notices.dispatcher(createNoticeRuns(services));
  dispatcher.start();
  const activities = createOrchestratorActivities({ ...services, turnRuns: createTurnRuns(services) });
  return {
    queues: [
      { taskQueue: taskQueues.orchestrator, workflowsPath, activities, ...rowSteps, ...workflowTasks },
      { taskQueue: taskQueues.turns, activities, ...turnSteps },
      {
        taskQueue: taskQueues.outside,
        activities: createOutsideActivities(services),
        maxConcurrentActivityTaskExecutions: 40,
      },
    ],
    async close() {
      await lostStarts.stop();
      await sweep.stop();
      await dispatcher.stop();
      await services.usage.ledger.drain();
    },
  };
});
