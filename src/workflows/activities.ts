/**
 * All activity proxies with their timeouts and retry policies. What may be retried is decided by the error table; how
 * long and how often is decided here.
 */
import {
  ApplicationFailure,
  TemporalFailure,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
} from '@temporalio/workflow';
import type {
  BrowserActivities,
  LlmActivities,
  OrchestratorActivities,
  OutsideActivities,
} from '../activities/index.ts';
import { browserQueueOf, taskQueues } from './task-queues.ts';

/** Our own stores answer in milliseconds or are away; then the work waits for them. */
const untilStoreAnswers = { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '10s' } as const;

/** Another try on the same worker would wait for one that may be dead: the workflow looks for a worker again instead. */
const once = { maximumAttempts: 1 } as const;

/** Rows, objects and counters. */
export const store = proxyActivities<OrchestratorActivities>({
  taskQueue: taskQueues.orchestrator,
  startToCloseTimeout: '30s',
  retry: untilStoreAnswers,
});

/** Turns are asked for in a line of its own. */
export const turns = proxyActivities<Pick<OrchestratorActivities, 'askForTurn'>>({
  taskQueue: taskQueues.turns,
  startToCloseTimeout: '30s',
  retry: untilStoreAnswers,
});

/** Steps on rows, inside the workflow's own task: no task of theirs, no three events, no round trips to the server. */
const storeAtOnce = proxyLocalActivities<OrchestratorActivities>({
  startToCloseTimeout: '5s',
  retry: { maximumAttempts: 1 },
});

/**
 * A step on our own stores that is done at once; one that they do not answer is waited for as any other. A task that is lost
 * before the server has it is done again, with whatever has arrived since: so not for the steps of updates, whose
 * acceptance would be lost with it, nor for ends that an update may still turn around.
 */
export async function atOnce<T>(step: (rows: Rows) => Promise<T>): Promise<T> {
  try {
    return await step(storeAtOnce);
  } catch (error) {
    if (isCancellation(error) || isRefusal(error)) throw error;
    return step(store);
  }
}

export type Rows = typeof store | typeof storeAtOnce;

/** Anything that is no failure of the step is a mistake in the workflow's own code. A step of this kind fails without a wrapping. */
const isRefusal = (error: unknown): boolean =>
  !(error instanceof TemporalFailure) || (error instanceof ApplicationFailure && error.nonRetryable === true);

/** Plans and settles completions. */
export const llm = proxyActivities<LlmActivities>({
  taskQueue: taskQueues.llm,
  startToCloseTimeout: '30s',
  retry: untilStoreAnswers,
});

/** One attempt at one model. Its failures are outcomes for the chain policy; only a lost worker is retried here. */
export const llmAttempt = proxyActivities<Pick<LlmActivities, 'attemptCompletion'>>({
  taskQueue: taskQueues.llm,
  startToCloseTimeout: '5m',
  heartbeatTimeout: '10s',
  retry: untilStoreAnswers,
});

/** One attempt at a user's server ends within 10 s, and its failures are outcomes; when to try again is in the row. */
export const outside = proxyActivities<OutsideActivities>({
  taskQueue: taskQueues.outside,
  startToCloseTimeout: '30s',
  retry: untilStoreAnswers,
});

/** Mail servers put senders off for hours. */
export const outsideForADay = proxyActivities<OutsideActivities>({
  taskQueue: taskQueues.outside,
  startToCloseTimeout: '60s',
  scheduleToCloseTimeout: '1d',
  retry: { initialInterval: '5s', backoffCoefficient: 3, maximumInterval: '2h' },
});

/** Work for any browser worker. Waits as long as none is there, and for a slot while all are at work. */
export const anyBrowser = proxyActivities<Pick<BrowserActivities, 'reserveSession'>>({
  taskQueue: taskQueues.browser,
  startToCloseTimeout: '2m',
  heartbeatTimeout: '10s',
  retry: { initialInterval: '1s', backoffCoefficient: 1.5, maximumInterval: '10s' },
});

/** A person is waited for: as long as the worker says that it looks at the page. */
export const loginOn = (workerId: string) =>
  proxyActivities<Pick<BrowserActivities, 'handOffLogin'>>({
    taskQueue: browserQueueOf(workerId),
    scheduleToStartTimeout: '15s',
    startToCloseTimeout: '20m',
    heartbeatTimeout: '10s',
    retry: once,
  });

/** Steps on the worker that holds the session. One that has died is noticed within seconds. */
export function browserOn(workerId: string) {
  return proxyActivities<BrowserActivities>({
    taskQueue: browserQueueOf(workerId),
    scheduleToStartTimeout: '10s',
    startToCloseTimeout: '3m',
    heartbeatTimeout: '10s',
    retry: once,
  });
}
