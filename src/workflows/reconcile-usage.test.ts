import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { workflowPlace } from '../../test/workflow-place.ts';
import type { WorkflowPlace } from '../../test/workflow-place.ts';
import type { UsersPage } from '../domain/usage/usage.ts';
import { taskQueues } from './task-queues.ts';

/** The users there are, and the pages that were asked for. */
const world: { users: string[]; pages: UsersPage[]; compare(page: UsersPage): Promise<void> } = {
  users: [],
  pages: [],
  compare: async () => {},
};
let place: WorkflowPlace;

beforeAll(async () => {
  place = await workflowPlace({
    namespace: 'test-usage',
    workflows: 'reconcile-usage.ts',
    activities: { [taskQueues.orchestrator]: { reconcileUsers } },
  });
});
afterAll(() => place.close());
beforeEach(() => void Object.assign(world, { users: [], pages: [], compare: async () => {} }));

async function reconcileUsers(page: UsersPage) {
  world.pages.push(page);
  await world.compare(page);
  const left = world.users.filter((id) => page.after === null || id > page.after);
  const those = left.slice(0, page.limit);
  return { scopes: those.length, repaired: 1, busy: 0, next: left.length > page.limit ? (those.at(-1) ?? null) : null };
}

const users = (count: number) => Array.from({ length: count }, (_, at) => `usr_${String(at).padStart(6, '0')}`);
const start = () =>
  place.client.workflow.start('reconcileUsage', {
    workflowId: `usage:reconcile:${randomUUID()}`,
    taskQueue: taskQueues.orchestrator,
  });

test('every user is compared once, a page at a time', async () => {
  world.users = users(250);
  await expect((await start()).result()).resolves.toEqual({ scopes: 250, repaired: 3, busy: 0 });
  expect(world.pages.map(({ after }) => after)).toEqual([null, 'usr_000099', 'usr_000199']);
});

test('with many users the work goes on in a new run, and its counts with it', async () => {
  world.users = users(5_050);
  const run = await start();
  await expect(run.result()).resolves.toEqual({ scopes: 5_050, repaired: 51, busy: 0 });
  const first = place.client.workflow.getHandle(run.workflowId, run.firstExecutionRunId);
  await expect(first.describe()).resolves.toMatchObject({ status: { name: 'CONTINUED_AS_NEW' } });
});

test('while the ledger is behind, the same page is asked for again until it is not', async () => {
  world.users = users(1);
  world.compare = async () => {
    if (world.pages.length < 3) throw ApplicationFailure.retryable('the ledger is far behind', 'unavailable');
  };
  await expect((await start()).result()).resolves.toMatchObject({ scopes: 1 });
  expect(world.pages).toHaveLength(3);
});

test('a cancelled run ends as cancelled', async () => {
  world.compare = async () => {
    await run.cancel();
    throw ApplicationFailure.retryable('the ledger is far behind', 'unavailable');
  };
  const run = await start();
  await expect(run.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
});
