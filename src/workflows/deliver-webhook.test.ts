import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import { workflowPlace } from '../../test/workflow-place.ts';
import type { WorkflowPlace } from '../../test/workflow-place.ts';
import type { AttemptOutcome, DeliveryAttempt } from '../domain/notices/notices.ts';
import { taskQueues } from './task-queues.ts';

/** What the receiver and the mail server do, and what they were asked. */
const world = {
  attempts: new Array<number>(),
  mails: 0,
  answer: async (_attempt: number): Promise<AttemptOutcome> => ({ state: 'delivered' }),
  mail: async (): Promise<void> => {},
};
const honest = { ...world };
let place: WorkflowPlace;

beforeAll(async () => {
  place = await workflowPlace({ namespace: 'test-notices', activities: { [taskQueues.outside]: outside } });
});
afterAll(() => place.close());
beforeEach(() => void Object.assign(world, honest, { attempts: [] }));

const outside = {
  attemptDelivery: ({ attempt }: DeliveryAttempt) => {
    world.attempts.push(attempt);
    return world.answer(attempt);
  },
  mailNotice: () => {
    world.mails += 1;
    return world.mail();
  },
};

const run = (workflow: string, input: object): Promise<unknown> =>
  place.client.workflow.execute(workflow, {
    workflowId: randomUUID(),
    taskQueue: taskQueues.orchestrator,
    args: [input],
  });

test('a delivery is tried until it is taken, each attempt with its number', async () => {
  world.answer = async (attempt) => (attempt < 3 ? { state: 'pending', waitMs: 10 } : { state: 'delivered' });
  expect(await run('deliverWebhook', { deliveryId: 'dlv_1' })).toEqual({ state: 'delivered' });
  expect(world.attempts).toEqual([1, 2, 3]);
});

test.each(['failed', 'gone'] as const)('a delivery that is %s is not tried again', async (state) => {
  world.answer = async () => ({ state });
  expect(await run('deliverWebhook', { deliveryId: 'dlv_1' })).toEqual({ state });
  expect(world.attempts).toEqual([1]);
});

test('while our store is away, the same attempt is repeated', async () => {
  world.answer = async () => {
    if (world.attempts.length === 1) throw ApplicationFailure.retryable('Postgres is away', 'internal');
    return { state: 'delivered' };
  };
  await run('deliverWebhook', { deliveryId: 'dlv_1' });
  expect(world.attempts).toEqual([1, 1]);
});

test('a mail that was put off is sent later; one that is refused for good is given up', async () => {
  const later = ApplicationFailure.create({ type: 'upstream_failed', message: 'later', nextRetryDelay: '10ms' });
  world.mail = async () => {
    if (world.mails === 1) throw later;
  };
  await run('mailNotice', { mailId: 'eml_1' });
  expect(world.mails).toBe(2);

  world.mail = async () => Promise.reject(ApplicationFailure.nonRetryable('no such address', 'upstream_rejected'));
  await expect(run('mailNotice', { mailId: 'eml_1' })).rejects.toThrow();
  expect(world.mails).toBe(3);
});
