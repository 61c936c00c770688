import { STICKY_MS } from '../src/workflows/task-queues.ts';

/** Steps on rows that run at once in a process: enough for its database connections. */
export const rowSteps = {
  maxConcurrentActivityTaskExecutions: 10,
  maxConcurrentLocalActivityExecutions: 10,
} as const;

/** Each of them sets off a publication's work, which those who are due in the same moment and not awake yet would wait for. */
export const turnSteps = { maxConcurrentActivityTaskExecutions: 2 } as const;

export const workflowTasks = { stickyQueueScheduleToStartTimeout: STICKY_MS } as const;
