import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { CompleteAsyncError } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { honestActivities } from '../../dev/histories/activities.ts';
import { workflowPlace } from '../../test/workflow-place.ts';
import type { WorkflowPlace } from '../../test/workflow-place.ts';
import type { LlmActivities } from '../activities/index.ts';
import type { FinishInput } from '../activities/llm.ts';
import { completionWorkflowId } from './ids.ts';
import type { runCompletion } from './run-completion.ts';
import { taskQueues } from './task-queues.ts';

const { planCompletion, attemptCompletion } = honestActivities;
let world: Pick<LlmActivities, 'planCompletion' | 'attemptCompletion'>;
let ends: FinishInput['outcome'][];
let place: WorkflowPlace;

const activities: LlmActivities = {
  planCompletion: (input) => world.planCompletion(input),
  attemptCompletion: (input) => world.attemptCompletion(input),
  finishCompletion: async ({ outcome }) => void ends.push(outcome),
};

beforeAll(async () => {
  place = await workflowPlace({ namespace: 'test-completion', activities: { [taskQueues.llm]: activities } });
});
afterAll(() => place.close());
beforeEach(() => {
  world = { planCompletion, attemptCompletion };
  ends = [];
});

const details = { issues: [{ path: 'tools', message: 'cannot be said' }] };
const fails = async () => {
  throw ApplicationFailure.create({ type: 'invalid_request', message: 'no', nonRetryable: true, details: [details] });
};
const failure = { cause: { cause: { type: 'invalid_request', message: 'no', details: [details] } } };
const settled = { kind: 'error', code: 'invalid_request', message: 'no', details };

test('a run that is answered is settled', async () => {
  await (await start()).result();
  expect(ends).toEqual([{ kind: 'answered' }]);
});

test('a run whose attempt fails for good is settled, and fails with the same', async () => {
  world.attemptCompletion = fails;
  await expect((await start()).result()).rejects.toMatchObject(failure);
  expect(ends).toEqual([settled]);
});

test('a run whose plan fails for good is settled too, for it may have reserved before', async () => {
  world.planCompletion = fails;
  await expect((await start()).result()).rejects.toMatchObject(failure);
  expect(ends).toEqual([settled]);
});

test.each(['planCompletion', 'attemptCompletion'] as const)(
  'a run that is cancelled in %s is settled',
  async (step) => {
    const reached = Promise.withResolvers<void>();
    world[step] = async () => {
      reached.resolve();
      throw new CompleteAsyncError();
    };
    const run = await start();
    await reached.promise;
    await run.cancel();
    await expect(run.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    expect(ends).toEqual([{ kind: 'cancelled' }]);
  },
);

function start() {
  const completionId = `req_${randomUUID()}`;
  return place.client.workflow.start<typeof runCompletion>('runCompletion', {
    workflowId: completionWorkflowId(completionId),
    taskQueue: taskQueues.orchestrator,
    args: [{ completionId }],
  });
}
