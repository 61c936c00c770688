import { afterAll, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import { publishWorld } from '../../test/publish-world.ts';
import type { PublishWorld } from '../../test/publish-world.ts';
import { createLogger } from '../infra/logger.ts';
import { createPublicationWork } from '../work/publication-work.ts';
import { eventually } from '../../test/usage-place.ts';

const logger = createLogger({ level: 'silent', name: 'test' });
let here: PublishWorld;
let world: PublishWorld['world'];
beforeAll(async () => {
  here = await publishWorld('test-publish-changes');
  world = here.world;
});
afterAll(() => here.close());
beforeEach(() => here.reset());

test('a scheduled publication waits, can be moved, and is published when told to at once', async () => {
  const handle = await here.start(new Date(Date.now() + 3_600_000));
  await handle.executeUpdate('reschedule', { args: [new Date(Date.now() + 7_200_000).toISOString()] });
  expect(world.states.filter((state) => state !== 'scheduled')).toEqual([]); // which it may have said again by now
  await handle.executeUpdate('publishNow');
  expect(await handle.result()).toEqual({ state: 'published' });
});

test('a scheduled publication that is cancelled is never clicked', async () => {
  const handle = await here.start(new Date(Date.now() + 3_600_000));
  await handle.executeUpdate('cancel');
  expect(await handle.result()).toEqual({ state: 'cancelled' });
  expect(world.clicks).toBe(0);
});

test('an edit that is accepted while the draft is being filled is filled in before anything is clicked', async () => {
  const workflowId = here.newWorkflowId();
  world.prepare = async () => {
    if (world.prepares > 1) return;
    await here.runOf(workflowId).executeUpdate('edit', { args: ['edt_1'] });
  };
  const handle = await here.start(null, workflowId);
  expect(await handle.result()).toEqual({ state: 'published' });
  expect(world.changes).toEqual(['edt_1']);
  expect(world.prepares).toBe(2);
  expect(world.clicks).toBe(1);
});

test('a publication that is moved to later while its draft is being filled waits for its new time', async () => {
  const workflowId = here.newWorkflowId();
  const run = here.runOf(workflowId);
  const later = new Date(Date.now() + 3_600_000).toISOString();
  world.prepare = async () => {
    if (world.prepares === 1) await run.executeUpdate('reschedule', { args: [later] });
  };
  const handle = await here.start(null, workflowId);
  await eventually(() => world.states.at(-1) === 'scheduled');
  expect(world.clicks).toBe(0);
  await handle.executeUpdate('publishNow');
  expect(await handle.result()).toEqual({ state: 'published' });
  expect(world.changes).toEqual(['moved later', 'moved to now']);
});

test('an edit that is accepted while the page seems to have changed is tried at once: it may be what was lacking', async () => {
  world.prepare = async (workflowId) => {
    if (world.prepares > 1) return;
    await here.runOf(workflowId).executeUpdate('edit', { args: ['edt_1'] });
    throw ApplicationFailure.nonRetryable('no stored cover', 'selector_drift');
  };
  const run = await here.start();
  expect(await run.result()).toEqual({ state: 'published' });
  const { events } = await run.fetchHistory();
  expect(events?.filter(({ timerStartedEventAttributes }) => timerStartedEventAttributes)).toEqual([]);
  expect(world.prepares).toBe(2);
});

test('a change is in the row when it is answered, and the run ends after it', async () => {
  const handle = await here.start(new Date(Date.now() + 3_600_000));
  await handle.executeUpdate('edit', { args: ['edt_1'] });
  expect(world.changes).toEqual(['edt_1']);
  const gate = Promise.withResolvers<void>();
  world.edit = () => gate.promise;
  const slow = handle.executeUpdate('edit', { args: ['edt_2'] });
  await eventually(async () => (await handle.describe()).raw.pendingActivities?.length === 1);
  await handle.executeUpdate('cancel');
  gate.resolve();
  await slow;
  expect(await handle.result()).toEqual({ state: 'cancelled' });
  expect(world.changes).toEqual(['edt_1', 'edt_2']);
});

const isCancelAccepted = (workflowId: string): Promise<boolean> =>
  here
    .runOf(workflowId)
    .executeUpdate('cancel')
    .then(
      () => true,
      () => false,
    );

test('a cancel that is accepted while the preparation fails is a cancel', async () => {
  const cancels = new Map<string, Promise<boolean>>();
  world.prepare = async (workflowId) => {
    cancels.set(workflowId, isCancelAccepted(workflowId));
    throw ApplicationFailure.nonRetryable('not allowed there', 'forbidden');
  };
  // Many at once: whether the two meet in one task of the run is the server's to decide.
  const runs = await Promise.all(Array.from({ length: 30 }, () => here.start()));
  for (const run of runs) {
    const { state } = await run.result();
    const isCancelled = await cancels.get(run.workflowId);
    expect(state).toBe(isCancelled ? 'cancelled' : 'failed');
  }
});

test('a cancel that comes after the commit point is refused as too late', async () => {
  const refused = Promise.withResolvers<unknown>();
  const workflowId = here.newWorkflowId();
  world.commit = async () => {
    const handle = here.runOf(workflowId);
    await handle.executeUpdate('cancel').catch(refused.resolve);
    return here.honest.commit();
  };
  const handle = await here.start(null, workflowId);
  expect(await handle.result()).toEqual({ state: 'published' });
  expect(await refused.promise).toMatchObject({ cause: { type: 'too_late' } });
});

test('content and time that are changed together are one change, taken or refused as a whole', async () => {
  const workflowId = here.newWorkflowId();
  const refused = Promise.withResolvers<unknown>();
  const run = here.runOf(workflowId);
  const change = { editId: 'edt_1', hasContent: true, at: new Date(Date.now() + 3_600_000).toISOString() };
  world.prepare = async () => {
    if (world.prepares === 1) await run.executeUpdate('change', { args: [change] });
  };
  world.commit = async () => {
    await run.executeUpdate('change', { args: [{ ...change, editId: 'edt_2' }] }).catch(refused.resolve);
    return here.honest.commit();
  };
  await here.start(null, workflowId);
  await eventually(() => world.states.at(-1) === 'scheduled');
  await expect(run.executeUpdate('change', { args: [{ ...change, at: 'tomorrow' }] })).rejects.toThrow();
  await run.executeUpdate('publishNow');
  expect(await run.result()).toEqual({ state: 'published' });
  expect(await refused.promise).toMatchObject({ cause: { type: 'too_late' } });
  expect(world.changes).toEqual(['edt_1', 'moved to now']);
});

test('what the API asks of a run is taken while it can be, and refused as too late once it has ended', async () => {
  const work = createPublicationWork({ temporal: here.client, logger });
  const handle = await here.start(new Date(Date.now() + 3_600_000));
  const id = handle.workflowId.replace('publish:', '');
  await work.changePublication(id, { id: 'edt_1', hasContent: true, at: new Date(Date.now() + 7_200_000) });
  expect(world.changes).toEqual(['edt_1']);
  await work.cancelPublication(id);
  expect(await handle.result()).toEqual({ state: 'cancelled' });
  await expect(work.changePublication(id, { id: 'edt_2', hasContent: true, at: null })).rejects.toMatchObject({
    code: 'too_late',
  });
});

test('a time that is no time is refused and changes nothing', async () => {
  const handle = await here.start(new Date(Date.now() + 3_600_000));
  await expect(handle.executeUpdate('reschedule', { args: ['tomorrow'] })).rejects.toMatchObject({
    cause: { type: 'invalid_request' },
  });
  await handle.executeUpdate('cancel');
  await handle.result();
});

test('a run whose row another run follows, or that has ended, ends without a word', async () => {
  world.isMine = false;
  await expect(here.publish()).resolves.toEqual({ state: 'of another run' });
  expect(world.states).toEqual([]);
  expect(world.prepares).toBe(0);
});

test.each([
  [
    'that falls with a task of its run',
    'Unable to perform workflow execution update due to unexpected workflow task failure.',
    undefined,
  ],
  [
    'beyond the limit of a run',
    'The limit on the total number of distinct updates in this workflow has been reached (2000).',
    'conflict',
  ],
  [
    'of a run that does not get on',
    'Unable to perform workflow execution update due to Workflow Task in failed state.',
    'unavailable',
  ],
])('a change %s is made once, or told what became of it', async (_, details, code) => {
  const refusal = Object.assign(new Error(details), { code: 9, details, metadata: new Map() });
  const asked = jest.spyOn(here.client.workflowService, 'updateWorkflowExecution').mockRejectedValueOnce(refusal);
  const work = createPublicationWork({ temporal: here.client, logger });
  const { workflowId } = await here.start(new Date(Date.now() + 3_600_000));
  const id = workflowId.replace('publish:', '');
  const told = await work
    .changePublication(id, { id: 'edt_1', hasContent: true, at: null })
    .catch((error) => error.code);
  const updateIds = new Set(asked.mock.calls.map(([{ request }]) => request?.meta?.updateId));
  asked.mockRestore();
  expect(told).toBe(code);
  expect(world.changes).toEqual(code === undefined ? ['edt_1'] : []);
  expect(updateIds.size).toBe(1);
  await work.cancelPublication(id);
});

test('a change that comes while the end is being written is too late, and the end is written', async () => {
  const workflowId = here.newWorkflowId();
  const run = here.runOf(workflowId);
  const { publishNow } = createPublicationWork({ temporal: here.client, logger });
  const late: Promise<unknown>[] = [];
  world.end = async () => {
    if (late.length > 0) return;
    for (let at = 0; at < 5; at += 1) late.push(publishNow(workflowId.replace('publish:', '')).catch((error) => error));
    for (let at = 0; at < 20; at += 1) await run.describe(); // the server has them by then
  };
  const handle = await here.start(null, workflowId);
  expect(await handle.result()).toEqual({ state: 'published' });
  for (const answer of await Promise.all(late)) expect(answer).toMatchObject({ code: 'too_late' });
});
