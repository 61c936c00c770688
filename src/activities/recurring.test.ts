import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { CompleteAsyncError } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { schedulePlace } from '../../test/schedule-place.ts';
import type { SchedulePlace } from '../../test/schedule-place.ts';
import { workflowPlace } from '../../test/workflow-place.ts';
import type { WorkflowPlace } from '../../test/workflow-place.ts';
import { registerSearchAttributes } from '../../temporal-config/search-attributes.ts';
import { Publication } from '../entities/publication.ts';
import { RecurringPost } from '../entities/recurring-post.ts';
import { taskQueues } from '../workflows/task-queues.ts';
import { toFailure } from './failures.ts';
import { recurringActivities } from './recurring.ts';

let place: SchedulePlace;
let runs: WorkflowPlace;
/** How many answers of `makeOccurrence` are lost with their worker, after the work was done. */
let lost = 0;

beforeAll(async () => {
  place = await schedulePlace();
  const real = recurringActivities(place);
  runs = await workflowPlace({
    namespace: 'test-recurring-rows',
    activities: { [taskQueues.orchestrator]: { ...real, makeOccurrence, movePublication } },
  });
  await registerSearchAttributes(runs.connection, 'test-recurring-rows');

  async function makeOccurrence(input: Parameters<typeof real.makeOccurrence>[0]) {
    const made = await real.makeOccurrence(input);
    if ((lost -= 1) >= 0) throw ApplicationFailure.retryable('the worker died', 'worker_lost');
    return made;
  }
});
afterAll(async () => {
  await runs.close();
  await place.close();
});

/** Begun and never ended: what publications do then is another test's matter. */
async function movePublication() {
  throw new CompleteAsyncError();
}

const begin = async ({ id }: { id: string }) => {
  await runs.client.workflow.start('recurringPost', {
    workflowId: `recur:${id}`,
    taskQueue: taskQueues.orchestrator,
    args: [{ recurringId: id }],
  });
};

test('when workers die after the work and before the answer, each occurrence is still one publication with one run', async () => {
  place.clock.now = new Date('2026-01-01T00:00:00Z');
  const account = await place.account();
  lost = 2;
  const { id } = await place.recur(account, { begin });
  await runs.client.workflow.getHandle(`recur:${id}`).result(); // the times are long past for Temporal's clock

  const em = place.database.em.fork();
  const made = await em.find(Publication, { userId: account.userId }, { orderBy: { scheduledAt: 'asc' } });
  expect(made.map(({ scheduledAt }) => scheduledAt?.toISOString())).toEqual(
    ['02', '03', '04'].map((day) => `2026-01-${day}T08:00:00.000Z`),
  );
  expect(await em.findOneOrFail(RecurringPost, id)).toMatchObject({ state: 'ended', made: 3, skipped: 0 });
  for (const one of made) {
    const run = runs.client.workflow.getHandle(`publish:${one.id}`);
    expect(await run.describe()).toMatchObject({ type: 'publish' });
    await run.terminate();
  }
});

test('a run that is begun before its row is committed waits for it; without one it is told so', async () => {
  const { nextOccurrence, makeOccurrence } = recurringActivities(place);
  const recurringId = `rec_${randomUUID()}`;
  await expect(nextOccurrence({ recurringId })).resolves.toEqual({ kind: 'absent' });
  await expect(makeOccurrence({ recurringId, local: '2026-01-02T09:00' })).resolves.toBeNull();
});

test('while Postgres is away a step is tried again later', async () => {
  const away = await schedulePlace();
  await away.close();
  const failed: unknown = await recurringActivities(away)
    .nextOccurrence({ recurringId: 'rec_1' })
    .catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(Error);
  expect(toFailure(failed)).toMatchObject({ nonRetryable: false });
});
