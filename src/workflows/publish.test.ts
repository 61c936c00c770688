import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { workflowPlace } from '../../test/workflow-place.ts';
import type { WorkflowPlace } from '../../test/workflow-place.ts';
import { browserQueueOf, taskQueues } from './task-queues.ts';

/** The platform and the rows, as far as the workflow can see them; a test puts its faults in. */
const world = {
  states: new Array<string>(),
  clicks: 0,
  prepares: 0,
  round: 1,
  passed: false,
  prepare: async () => {},
  commit: async () => ({ postId: '7', url: 'http://site/7' }),
  settle: async (): Promise<object> => ({ outcome: 'published', postId: '7', url: 'http://site/7' }),
};
const honest = { ...world };
let place: WorkflowPlace;

beforeAll(async () => {
  place = await workflowPlace({
    namespace: 'test-publish',
    workflows: 'publish.ts',
    activities: {
      [taskQueues.orchestrator]: rows,
      [taskQueues.browser]: { reserveSession: async () => ({ workerId: 'w1' }) },
      [browserQueueOf('w1')]: browser,
    },
  });
});
afterAll(() => place.close());
beforeEach(() => void Object.assign(world, honest, { states: [] }));

test('a publication that the platform confirms is published with one click', async () => {
  expect(await publish()).toEqual({ state: 'published' });
  expect(world.states).toEqual(['queued', 'publishing', 'published']);
  expect(world.clicks).toBe(1);
});

test('a commit whose answer was lost is settled by looking, and not clicked again', async () => {
  world.commit = async () => Promise.reject(new Error('connection cut'));
  expect(await publish()).toEqual({ state: 'published' });
  expect(world.states).toEqual(['queued', 'publishing', 'settling', 'published']);
  expect(world.clicks).toBe(1);
});

test('a post that the platform does not have is published in another round', async () => {
  world.commit = async () => (world.clicks === 1 ? Promise.reject(new Error('cut')) : honest.commit());
  world.settle = async () => ({ outcome: 'not_published' });
  expect(await publish()).toEqual({ state: 'published' });
  expect(world.clicks).toBe(2);
});

test('a worker that died before its click costs a round and not a look at the platform', async () => {
  world.commit = honest.commit;
  let deaths = 1;
  browserFault.beforeGate = () => {
    if (deaths-- > 0) throw new Error('killed');
  };
  expect(await publish()).toEqual({ state: 'published' });
  expect(world.states).not.toContain('settling');
  expect(world.clicks).toBe(1);
  browserFault.beforeGate = () => {};
});

test('an outcome that nobody can see ends as unconfirmed', async () => {
  world.commit = async () => Promise.reject(new Error('cut'));
  world.settle = async () => ({ outcome: 'unknown', reason: 'the list cannot be read' });
  expect(await publish()).toEqual({ state: 'unconfirmed' });
  expect(world.clicks).toBe(1);
});

test('a site that is away for a moment costs a round and not the post', async () => {
  world.prepare = async () => {
    if (world.prepares === 1) throw ApplicationFailure.nonRetryable('the site does not answer', 'upstream_failed');
  };
  expect(await publish()).toEqual({ state: 'published' });
  expect(world.prepares).toBe(2);
});

test('a rush in which every browser is busy for long fails no publication', async () => {
  world.prepare = async () => {
    if (world.prepares < 9) throw ApplicationFailure.nonRetryable('all at work', 'browser_busy');
  };
  expect(await publish()).toEqual({ state: 'published' });
  expect(world.prepares).toBe(9);
}, 60_000);

test('a changed page fails the publication before anything is clicked', async () => {
  world.prepare = async () => Promise.reject(ApplicationFailure.nonRetryable('no title field', 'selector_drift'));
  expect(await publish()).toEqual({ state: 'failed' });
  expect(world.clicks).toBe(0);
});

test('a lost login waits for new credentials and then goes on', async () => {
  world.prepare = async () => {
    if (world.prepares === 1) throw ApplicationFailure.nonRetryable('logged out', 'needs_login');
  };
  const handle = await start();
  await handle.signal('loginRenewed');
  expect(await handle.result()).toEqual({ state: 'published' });
  expect(world.states).toContain('needs_login');
});

test('a scheduled publication waits, can be moved, and is published when told to at once', async () => {
  const handle = await start(new Date(Date.now() + 3_600_000));
  await handle.executeUpdate('reschedule', { args: [new Date(Date.now() + 7_200_000).toISOString()] });
  expect(world.states).toEqual([]);
  await handle.executeUpdate('publishNow');
  expect(await handle.result()).toEqual({ state: 'published' });
});

test('a scheduled publication that is cancelled is never clicked', async () => {
  const handle = await start(new Date(Date.now() + 3_600_000));
  await handle.executeUpdate('cancel');
  expect(await handle.result()).toEqual({ state: 'cancelled' });
  expect(world.clicks).toBe(0);
});

test('a cancel that comes after the commit point is refused as too late', async () => {
  const refused = Promise.withResolvers<unknown>();
  const workflowId = newWorkflowId();
  world.commit = async () => {
    const handle = place.client.workflow.getHandle(workflowId);
    await handle.executeUpdate('cancel').catch(refused.resolve);
    return honest.commit();
  };
  const handle = await start(null, workflowId);
  expect(await handle.result()).toEqual({ state: 'published' });
  expect(await refused.promise).toMatchObject({ cause: { type: 'too_late' } });
});

test('a time that is no time is refused and changes nothing', async () => {
  const handle = await start(new Date(Date.now() + 3_600_000));
  await expect(handle.executeUpdate('reschedule', { args: ['tomorrow'] })).rejects.toMatchObject({
    cause: { type: 'invalid_request' },
  });
  await handle.executeUpdate('cancel');
  await handle.result();
});

const publish = async () => (await start()).result();

const newWorkflowId = () => `publish:${randomUUID()}`;

async function start(dueAt: Date | null = null, workflowId = newWorkflowId()) {
  return place.client.workflow.start('publish', {
    workflowId,
    taskQueue: taskQueues.orchestrator,
    args: [{ publicationId: workflowId, accountId: 'acc_1', dueAt: dueAt?.toISOString() ?? null }],
  });
}

const rows = {
  movePublication: async ({ to }: { to: string }) => void (world.states.at(-1) === to || world.states.push(to)),
  async beginRound() {
    await rows.movePublication({ to: 'publishing' });
    return { commitRound: world.round };
  },
  recordPublished: () => rows.movePublication({ to: 'published' }),
  recordFailure: (failure: { to: string }) => rows.movePublication(failure),
  async closeCommitRound() {
    if (!world.passed) world.round += 1;
    return { neverClicked: !world.passed };
  },
  async reopenCommit() {
    world.round += 1;
    world.passed = false;
  },
  markNeedsLogin: async () => {},
  deleteGrants: async () => {},
};

const browserFault = { beforeGate: () => {} };

const browser = {
  async preparePost() {
    world.prepares += 1;
    await world.prepare();
  },
  async commitPost({ round }: { round: number }) {
    browserFault.beforeGate();
    if (round !== world.round || world.passed) throw new Error('the gate is closed');
    world.passed = true;
    world.clicks += 1;
    return world.commit();
  },
  settlePost: () => world.settle(),
};
