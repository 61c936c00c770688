import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import { publishWorld } from '../../test/publish-world.ts';
import type { PublishWorld } from '../../test/publish-world.ts';
import { eventually } from '../../test/usage-place.ts';

let here: PublishWorld;
let world: PublishWorld['world'];
beforeAll(async () => {
  here = await publishWorld('test-publish-login');
  world = here.world;
});
afterAll(() => here.close());
beforeEach(() => here.reset());

/** The platform asks for a login the first times that the editor is opened. */
const asks = (reason: string, times = 1) => {
  world.prepare = async () => {
    if (world.prepares <= times) throw ApplicationFailure.nonRetryable('log in', 'needs_login', { reason });
  };
};

test('a login that a person finishes goes on in the next round, and the account was never paused', async () => {
  asks('qr');
  expect(await here.publish()).toEqual({ state: 'published' });
  expect(world).toMatchObject({ handOffs: 1, paused: 0, clicks: 1, reasons: ['qr'] });
  expect(world.states).toEqual(['queued', 'publishing', 'needs_login', 'queued', 'publishing', 'published']);
});

test('when nobody comes in time the account pauses with the reason, until new credentials arrive', async () => {
  asks('sms_code');
  world.handOff = async () => ({ outcome: 'expired' });
  const handle = await here.start();
  await eventually(() => world.paused === 1);
  await eventually(async () => (await here.detailsOf(handle.workflowId)).includes('sms_code'));
  await handle.signal('loginRenewed');
  expect(await handle.result()).toEqual({ state: 'published' });
  expect(world.handOffs).toBe(1);
});

test('a login that nobody can finish from afar pauses the account at once', async () => {
  asks('expired');
  const handle = await here.start();
  await eventually(() => world.paused === 1);
  await handle.signal('loginRenewed');
  expect(await handle.result()).toEqual({ state: 'published' });
  expect(world).toMatchObject({ handOffs: 0, reasons: ['expired'] });
});

test('a worker that dies while a person is at it costs a new challenge, and not the publication', async () => {
  asks('qr', 2);
  world.handOff = async () => {
    if (world.handOffs === 1) throw ApplicationFailure.nonRetryable('gone', 'worker_lost');
    return { outcome: 'solved' };
  };
  expect(await here.publish()).toEqual({ state: 'published' });
  expect(world).toMatchObject({ handOffs: 2, paused: 0 });
});

test('a page that asks again and again pauses the account in the end', async () => {
  asks('qr', 4);
  const handle = await here.start();
  await eventually(() => world.paused === 1);
  expect(world.handOffs).toBe(3);
  await handle.signal('loginRenewed');
  expect(await handle.result()).toEqual({ state: 'published' });
});

test('new credentials end the wait for a person, and so does a cancel', async () => {
  asks('qr');
  const never = Promise.withResolvers<object>();
  world.handOff = () => never.promise;
  const renewed = await here.start();
  await eventually(() => world.handOffs === 1);
  await renewed.signal('loginRenewed');
  expect(await renewed.result()).toEqual({ state: 'published' });

  here.reset();
  asks('qr');
  world.handOff = () => never.promise;
  const cancelled = await here.start();
  await eventually(() => world.handOffs === 1);
  await cancelled.executeUpdate('cancel');
  expect(await cancelled.result()).toEqual({ state: 'cancelled' });
  expect(world.clicks).toBe(0);
  never.resolve({ outcome: 'expired' });
});
