/** Steps on rows that run at once in a process: enough for its database connections. */
export const rowSteps = {
  maxConcurrentActivityTaskExecutions: 10,
  maxConcurrentLocalActivityExecutions: 10,
} as const;

/** Each of them sets off a publication's work, which those who are due in the same moment and not awake yet would wait for. */
export const turnSteps = { maxConcurrentActivityTaskExecutions: 2 } as const;

/**
 * How long a workflow's task may wait for the process that knows the workflow. One that has died is noticed after it; in a
 * crowd the server puts whoever has waited longer in the line once more, at its end.
 */
export const workflowTasks = { stickyQueueScheduleToStartTimeout: '15s' } as const;
