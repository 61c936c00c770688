import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import { eventually } from '../../test/api-place.ts';
import { registerSearchAttributes } from '../../temporal-config/search-attributes.ts';
import { workflowPlace } from '../../test/workflow-place.ts';
import type { WorkflowPlace } from '../../test/workflow-place.ts';
import type { OccurrenceToMake } from '../activities/recurring.ts';
import type { MadeOccurrence, NextOccurrence } from '../domain/schedule/schedule.ts';
import { taskQueues } from './task-queues.ts';

/** The row: what each look finds, and what was made. */
const world: { looks: NextOccurrence[]; seen: number; made: string[]; make(local: string): Promise<void> } = {
  looks: [],
  seen: 0,
  made: [],
  make: async () => {},
};
let place: WorkflowPlace;
let recurringId: string;

beforeAll(async () => {
  place = await workflowPlace({
    namespace: 'test-recurring',
    activities: { [taskQueues.orchestrator]: { nextOccurrence, makeOccurrence } },
  });
  await registerSearchAttributes(place.connection, 'test-recurring');
});
afterAll(() => place.close());
beforeEach(() => {
  recurringId = `rec_${randomUUID()}`;
  Object.assign(world, { looks: [], seen: 0, made: [], make: async () => {} });
});

async function nextOccurrence(): Promise<NextOccurrence> {
  world.seen += 1;
  return world.looks.shift() ?? { kind: 'ended' };
}

async function makeOccurrence({ local }: OccurrenceToMake): Promise<MadeOccurrence | null> {
  await world.make(local);
  world.made.push(local);
  const publicationId = `pub_${recurringId}_${world.made.length}`;
  return { publicationId, userId: 'usr_1', accountId: 'acc_1', platform: 'wordpress', dueAt: far.at };
}

const due = (local: string, inMs = 0): NextOccurrence => ({
  kind: 'due',
  local,
  at: new Date(Date.now() + inMs).toISOString(),
});
const far = { kind: 'due' as const, local: '2999-01-01T09:00', at: '2999-01-01T08:00:00.000Z' };

const start = () =>
  place.client.workflow.start('recurringPost', {
    workflowId: `recur:${recurringId}`,
    taskQueue: taskQueues.orchestrator,
    args: [{ recurringId }],
  });
const publicationRun = (number: number) => place.client.workflow.getHandle(`publish:pub_${recurringId}_${number}`);
const hasLooked = (times: number) => eventually(() => world.seen === times);

test('each occurrence becomes a publication with a run of its own, which outlives this one', async () => {
  world.looks = [due('one'), due('two', 300)];
  await (await start()).result();
  expect(world.made).toEqual(['one', 'two']);
  for (const number of [1, 2]) {
    expect(await publicationRun(number).describe()).toMatchObject({ type: 'publish', status: { name: 'RUNNING' } });
    await publicationRun(number).terminate();
  }
});

test('an occurrence is not made before its time', async () => {
  const at = Date.now() + 400;
  world.looks = [{ kind: 'due', local: 'one', at: new Date(at).toISOString() }];
  let madeAt = 0;
  world.make = async () => void (madeAt = Date.now());
  await (await start()).result();
  expect(madeAt).toBeGreaterThanOrEqual(at);
  await publicationRun(1).terminate();
});

test('a change is obeyed at once: while it waits, while it is paused', async () => {
  world.looks = [far, { kind: 'paused' }, due('one')];
  const run = await start();
  await hasLooked(1);
  await run.signal('recurringChanged');
  await hasLooked(2);
  expect(world.made).toEqual([]);
  await run.signal('recurringChanged');
  await run.result();
  expect(world.made).toEqual(['one']);
  await publicationRun(1).terminate();
});

test('an occurrence that fails to be made is tried again, until the store answers', async () => {
  world.looks = [due('one')];
  let tries = 0;
  world.make = async () => {
    if ((tries += 1) < 3) throw ApplicationFailure.retryable('Postgres is away', 'unavailable');
  };
  await (await start()).result();
  expect([tries, world.made]).toEqual([3, ['one']]);
  await publicationRun(1).terminate();
});

test('a publication whose run is there already is left alone', async () => {
  world.looks = [due('one')];
  await place.client.workflow.start('publish', {
    workflowId: publicationRun(1).workflowId,
    taskQueue: taskQueues.orchestrator,
    args: [{ publicationId: 'pub_1', accountId: 'acc_1', dueAt: far.at }],
  });
  await (await start()).result();
  await publicationRun(1).terminate();
});

test('after fifty turns it goes on in a new run', async () => {
  world.looks = Array.from({ length: 55 }, () => ({ kind: 'paused' }));
  const run = await start();
  for (let turn = 1; turn <= 55; turn++) {
    await hasLooked(turn);
    await run.signal('recurringChanged');
  }
  await run.result();
  const first = place.client.workflow.getHandle(run.workflowId, run.firstExecutionRunId);
  await expect(first.describe()).resolves.toMatchObject({ status: { name: 'CONTINUED_AS_NEW' } });
});

test('a cancelled run ends, and the publications that it began go on', async () => {
  world.looks = [due('one'), far];
  const run = await start();
  await hasLooked(2);
  await run.cancel();
  await expect(run.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
  const { events } = await publicationRun(1).fetchHistory();
  expect(events?.filter((event) => event.workflowExecutionCancelRequestedEventAttributes)).toEqual([]);
  await publicationRun(1).terminate();
});
