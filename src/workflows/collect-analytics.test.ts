import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { registerSearchAttributes } from '../../temporal-config/search-attributes.ts';
import { workflowPlace } from '../../test/workflow-place.ts';
import type { WorkflowPlace } from '../../test/workflow-place.ts';
import { searchAttributes } from '../infra/temporal/search-attributes.ts';
import type { Collection } from '../domain/analytics/analytics.ts';
import { analyticsWorkflowId } from './ids.ts';
import { browserQueueOf, taskQueues } from './task-queues.ts';

/** The rows and the platforms, as far as the workflows can see them; a test puts its faults in. */
const world: World = {
  accounts: [],
  recorded: [],
  posts: ['1', '2'],
  collect: async () => {},
};
type World = {
  accounts: string[];
  recorded: Collection[];
  posts: string[];
  /** What happens in the browser before the numbers are there. */
  collect(accountId: string): Promise<void>;
};
const honest = { ...world };
let place: WorkflowPlace;

beforeAll(async () => {
  place = await workflowPlace({
    namespace: 'test-analytics',
    workflows: '../../test/analytics-workflows.ts',
    activities: {
      [taskQueues.orchestrator]: rows,
      [taskQueues.browser]: { reserveSession: async () => ({ workerId: 'w1' }) },
      [browserQueueOf('w1')]: browser,
    },
  });
  await registerSearchAttributes(place.connection, 'test-analytics');
});
afterAll(() => place.close());
beforeEach(() => void Object.assign(world, honest, { accounts: [], recorded: [] }));

test("an account's numbers are recorded under the id of the run", async () => {
  const { handle, accountId } = await collectOne();

  await expect(handle.result()).resolves.toEqual({ outcome: 'collected', posts: 2 });
  const numbers = [
    { postId: '1', views: 7, comments: 1 },
    { postId: '2', views: 7, comments: 1 },
  ];
  expect(world.recorded).toEqual([{ accountId, collectionId: handle.firstExecutionRunId, numbers }]);
});

test('an account without posts opens no browser', async () => {
  world.posts = [];
  world.collect = async () => Promise.reject(new Error('opened a browser'));
  const { handle } = await collectOne();

  await expect(handle.result()).resolves.toEqual({ outcome: 'collected', posts: 0 });
  expect(world.recorded).toEqual([]);
});

test('an account that needs a login ends so, without failing', async () => {
  world.collect = async () => Promise.reject(ApplicationFailure.nonRetryable('logged out', 'needs_login'));
  const { handle } = await collectOne();

  await expect(handle.result()).resolves.toEqual({ outcome: 'needs_login' });
  expect(world.recorded).toEqual([]);
});

test('a lost browser worker is replaced, and the third time given up', async () => {
  const losses = { left: 2 };
  world.collect = async () => {
    if (losses.left-- > 0) throw ApplicationFailure.nonRetryable('no heartbeat', 'worker_lost');
  };
  const { handle: twice } = await collectOne();
  await expect(twice.result()).resolves.toEqual({ outcome: 'collected', posts: 2 });

  losses.left = 3;
  const { handle: thrice } = await collectOne();
  await expect(thrice.result()).rejects.toThrow(WorkflowFailedError);
});

test('a page that has changed fails the run of that account', async () => {
  world.collect = async () => Promise.reject(ApplicationFailure.nonRetryable('no list', 'selector_drift'));
  const { handle } = await collectOne();

  await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
});

test('all accounts are collected over several pages, and those that fail stop no other', async () => {
  world.accounts = accountIds(25);
  const [broken, loggedOut] = [world.accounts[3], world.accounts[22]];
  world.collect = async (accountId) => {
    if (accountId === broken) throw ApplicationFailure.nonRetryable('no list', 'selector_drift');
    if (accountId === loggedOut) throw ApplicationFailure.nonRetryable('logged out', 'needs_login');
  };

  await expect(collectAll()).resolves.toEqual({ collected: 23, needs_login: 1, running: 0, failed: 1 });
  expect(new Set(world.recorded.map(({ accountId }) => accountId)).size).toBe(23);
});

test('an account that is being collected already is left to that run', async () => {
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  const { promise: goOn, resolve: letGoOn } = Promise.withResolvers<void>();
  world.collect = async () => {
    open();
    await goOn;
  };
  const { handle, accountId } = await collectOne();
  await opened;
  world.accounts = [accountId];

  await expect(collectAll()).resolves.toEqual({ collected: 0, needs_login: 0, running: 1, failed: 0 });
  letGoOn();
  await expect(handle.result()).resolves.toEqual({ outcome: 'collected', posts: 2 });
});

test('operators find the run of an account by the account and its user', async () => {
  world.accounts = accountIds(1);
  await collectAll();

  const run = await place.client.workflow.getHandle(analyticsWorkflowId(world.accounts[0] ?? '')).describe();
  expect(run.typedSearchAttributes.get(searchAttributes.accountId)).toBe(world.accounts[0]);
  expect(run.typedSearchAttributes.get(searchAttributes.userId)).toBe('usr_1');
  expect(run.typedSearchAttributes.get(searchAttributes.taskKind)).toBe('analytics');
});

test('when no account may be collected, nothing is', async () => {
  await expect(collectAll()).resolves.toEqual({ collected: 0, needs_login: 0, running: 0, failed: 0 });
});

const accountIds = (count: number) => Array.from({ length: count }, () => `acc_${randomUUID()}`).sort();

async function collectOne() {
  const [accountId = ''] = accountIds(1);
  const handle = await place.client.workflow.start('collectAccountAnalytics', {
    workflowId: analyticsWorkflowId(accountId),
    taskQueue: taskQueues.orchestrator,
    args: [{ accountId, userId: 'usr_1' }],
  });
  return { handle, accountId };
}

const collectAll = () =>
  place.client.workflow.execute('collectAllAnalytics', {
    workflowId: `analytics:collect-all:${randomUUID()}`,
    taskQueue: taskQueues.orchestrator,
  });

const rows = {
  async accountsToCollect({ after, limit }: { after: string | null; limit: number }) {
    const left = world.accounts.filter((accountId) => after === null || accountId > after);
    const accounts = left.slice(0, limit).map((accountId) => ({ accountId, userId: 'usr_1' }));
    return { accounts, next: left.length > limit ? (accounts.at(-1)?.accountId ?? null) : null };
  },
  postsToCollect: async () => ({ postIds: world.posts }),
  recordNumbers: async (collection: Collection) => void world.recorded.push(collection),
};

const browser = {
  async collectNumbers({ accountId, postIds }: { accountId: string; postIds: string[] }) {
    await world.collect(accountId);
    return { numbers: postIds.map((postId) => ({ postId, views: 7, comments: 1 })) };
  },
};
