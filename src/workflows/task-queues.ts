/** Every queue that must have a poller for the product to be whole. */
export const taskQueues = {
  /** Workflows, and the activities that only touch our own stores. */
  orchestrator: 'orchestrator',
  /** Who is due asks for its account's turn: few at a time, so that a crowd wakes before the first of it is worked on. */
  turns: 'turns',
  /** Calls to language models. */
  llm: 'llm',
  /** What leaves for users' own servers and mailboxes, and may be slow: it keeps nothing else waiting. */
  outside: 'outside',
  /** Work that any browser worker may take. */
  browser: 'browser',
} as const;

/** The queue of one browser worker: what comes here meets the sessions that this worker holds. */
export const browserQueueOf = (workerId: string) => `${taskQueues.browser}:${workerId}`;

/**
 * How long a workflow's task waits for the process that knows the workflow. One that has died is noticed after it; in a crowd
 * the server puts whoever has waited longer in the line once more, at its end.
 */
export const STICKY_MS = 15_000;
