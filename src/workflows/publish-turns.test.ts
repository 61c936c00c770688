import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import { publishWorld } from '../../test/publish-world.ts';
import type { PublishWorld } from '../../test/publish-world.ts';
import { until } from '../../dev/stack/until.ts';

let here: PublishWorld;
let world: PublishWorld['world'];
beforeAll(async () => {
  here = await publishWorld('test-publish-turns');
  world = here.world;
});
afterAll(() => here.close());
beforeEach(() => here.reset());

const soon = { timeoutMs: 30_000, everyMs: 20 };
const askedAt = '2026-01-01T00:00:00.000Z';

/** A run whose account's turn is another one's. */
async function waiting() {
  const asked = { times: 0 };
  world.turn = async () => {
    asked.times += 1;
    return { kind: 'wait', askedAt, why: 'queue' };
  };
  const run = await here.start();
  await until(() => asked.times === 1, soon);
  return { run, asked };
}

test('nothing is prepared before the account’s turn is given, and it is given back at the end', async () => {
  const { run } = await waiting();
  await run.signal('turn', { givenTo: '2025-01-01T00:00:00.000Z' }); // an earlier question's
  expect(world.prepares).toBe(0);
  await run.signal('turn', { givenTo: askedAt });
  expect(await run.result()).toEqual({ state: 'published' });
  expect(world.givenBack).toBe(1);
});

test('who is told that there is news asks again, and waits on when nothing has changed', async () => {
  const { run, asked } = await waiting();
  await run.signal('turn', { givenTo: null });
  await until(() => asked.times === 2, soon);
  world.turn = here.honest.turn;
  await run.signal('turn', { givenTo: null });
  expect(await run.result()).toEqual({ state: 'published' });
});

test('a publication that waits for its turn can be cancelled, and leaves the queue', async () => {
  const { run } = await waiting();
  await run.executeUpdate('cancel');
  expect(await run.result()).toEqual({ state: 'cancelled' });
  expect([world.prepares, world.givenBack]).toEqual([0, 1]);
});

test('a publication that is moved to later while it waits for its turn leaves the queue until then', async () => {
  const { run, asked } = await waiting();
  await run.executeUpdate('reschedule', { args: [new Date(Date.now() + 3_600_000).toISOString()] });
  await until(() => world.states.at(-1) === 'scheduled', soon);
  expect(world.givenBack).toBe(1);
  await run.signal('turn', { givenTo: askedAt }); // came too late, and counts for nothing
  await run.executeUpdate('publishNow');
  await until(() => asked.times === 2, soon);
  await run.executeUpdate('cancel');
  expect(await run.result()).toEqual({ state: 'cancelled' });
});

test('an account that waits for a login opens no browser, and the publication goes on with it', async () => {
  world.turn = async () => ({ kind: 'needs_login', message: 'log in' });
  const run = await here.start();
  await until(() => world.states.includes('queued'), soon);
  world.turn = here.honest.turn;
  await run.signal('loginRenewed');
  expect(await run.result()).toEqual({ state: 'published' });
  expect(world.prepares).toBe(1);
});

test('a publication that lacks a grant waits alone: its account is not paused, and has its turn back', async () => {
  world.prepare = async () => {
    if (world.prepares === 1) throw ApplicationFailure.nonRetryable('there is no grant', 'needs_grant');
  };
  const run = await here.start();
  await until(() => world.givenBack === 1, soon);
  expect(world.states.at(-1)).toBe('needs_login');
  expect(world.paused).toBe(0);
  await run.signal('loginRenewed');
  expect(await run.result()).toEqual({ state: 'published' });
});

test('a risk signal cools the account down and queues the publication, which is published later', async () => {
  const details = [{ signal: 'captcha' }];
  world.prepare = async () => {
    if (world.prepares === 1) throw ApplicationFailure.create({ type: 'risk_signal', nonRetryable: true, details });
  };
  expect(await here.publish()).toEqual({ state: 'published' });
  expect(world.coolDowns).toEqual(['captcha']);
  expect(world.states).toEqual(['queued', 'publishing', 'queued', 'publishing', 'published']);
});
