import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import { publishWorld } from '../../test/publish-world.ts';
import type { PublishWorld } from '../../test/publish-world.ts';

let here: PublishWorld;
let world: PublishWorld['world'];
beforeAll(async () => {
  here = await publishWorld('test-publish');
  world = here.world;
});
afterAll(() => here.close());
beforeEach(() => here.reset());

test('a publication that the platform confirms is published with one click', async () => {
  expect(await here.publish()).toEqual({ state: 'published' });
  expect(world.states).toEqual(['queued', 'publishing', 'published']);
  expect(world.clicks).toBe(1);
});

test('a plain publication leaves at most 30 events, and says in its details where its evidence is', async () => {
  const handle = await here.start();
  expect(await handle.result()).toEqual({ state: 'published' });
  const { events } = await handle.fetchHistory();
  expect(events?.length).toBeLessThanOrEqual(30);
  const details = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
  expect(details.currentDetails).toMatch(/^Ended: published\n\n\[Evidence\]\(https:\/\/api\.example\/.*\)$/);
});

test('rows that do not answer at once are waited for', async () => {
  let asked = 0;
  world.turn = async () => {
    asked += 1;
    if (asked < 3) throw ApplicationFailure.retryable('the database is away', 'unavailable');
    return here.honest.turn();
  };
  expect(await here.publish()).toEqual({ state: 'published' });
  expect([asked, world.clicks]).toEqual([3, 1]);
});

test('a commit whose answer was lost is settled by looking, and not clicked again', async () => {
  world.commit = async () => Promise.reject(new Error('connection cut'));
  expect(await here.publish()).toEqual({ state: 'published' });
  expect(world.states).toEqual(['queued', 'publishing', 'settling', 'published']);
  expect(world.clicks).toBe(1);
});

test('a post that the platform does not have is published in another round', async () => {
  world.commit = async () => (world.clicks === 1 ? Promise.reject(new Error('cut')) : here.honest.commit());
  world.settle = async () => ({ outcome: 'not_published' });
  expect(await here.publish()).toEqual({ state: 'published' });
  expect(world.clicks).toBe(2);
});

test('a worker that died before its click costs a round and not a look at the platform', async () => {
  world.commit = here.honest.commit;
  let deaths = 1;
  here.browserFault.beforeGate = () => {
    if (deaths-- > 0) throw new Error('killed');
  };
  expect(await here.publish()).toEqual({ state: 'published' });
  expect(world.states).not.toContain('settling');
  expect(world.clicks).toBe(1);
  here.browserFault.beforeGate = () => {};
});

test('an outcome that nobody can see ends as unconfirmed', async () => {
  world.commit = async () => Promise.reject(new Error('cut'));
  world.settle = async () => ({ outcome: 'unknown', reason: 'the list cannot be read' });
  expect(await here.publish()).toEqual({ state: 'unconfirmed' });
  expect(world.clicks).toBe(1);
});

test('a site that is away for a moment costs a round and not the post', async () => {
  world.prepare = async () => {
    if (world.prepares === 1) throw ApplicationFailure.nonRetryable('the site does not answer', 'upstream_failed');
  };
  expect(await here.publish()).toEqual({ state: 'published' });
  expect(world.prepares).toBe(2);
});

test('a rush in which every browser is busy for long fails no publication', async () => {
  world.prepare = async () => {
    if (world.prepares < 9) throw ApplicationFailure.nonRetryable('all at work', 'browser_busy');
  };
  expect(await here.publish()).toEqual({ state: 'published' });
  expect(world.prepares).toBe(9);
});

test('a changed page fails the publication before anything is clicked, when it was seen three times in a row', async () => {
  world.prepare = async () => Promise.reject(ApplicationFailure.nonRetryable('no title field', 'selector_drift'));
  expect(await here.publish()).toEqual({ state: 'failed' });
  expect(world).toMatchObject({ prepares: 3, clicks: 0 });
});

test('a page that came too slowly to be known fails nothing', async () => {
  world.prepare = async () => {
    if (world.prepares === 1) throw ApplicationFailure.nonRetryable('no title field', 'selector_drift');
  };
  expect(await here.publish()).toEqual({ state: 'published' });
  expect(world).toMatchObject({ prepares: 2, clicks: 1 });
});

test('a lost login waits for new credentials and then goes on', async () => {
  world.prepare = async () => {
    if (world.prepares === 1) throw ApplicationFailure.nonRetryable('logged out', 'needs_login');
  };
  const handle = await here.start();
  await handle.signal('loginRenewed');
  expect(await handle.result()).toEqual({ state: 'published' });
  expect(world.states).toContain('needs_login');
});

test('a post whose time passed while everything was down is published when little late, else missed', async () => {
  const past = new Date(Date.now() - 600_000);
  expect(await (await here.start(past)).result()).toEqual({ state: 'published' });
  world.mostLateMs = 300_000;
  expect(await (await here.start(past)).result()).toEqual({ state: 'missed' });
  expect(world.clicks).toBe(1);
});
