import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { AppError } from '../../errors.ts';
import { eventually } from '../../../test/usage-place.ts';
import { memoryBelow } from './process-memory.ts';
import { browserPlace, cookiesOf, loggedOut, nothing, titleOf } from '../../../test/browser-place.ts';
import type { BrowserPlace } from '../../../test/browser-place.ts';

let place: BrowserPlace;
beforeAll(async () => {
  place = await browserPlace();
});
beforeEach(() => place.reset());
afterAll(() => place.close());

test('a session is opened once and used again, and its paths stay inside its site', async () => {
  await expect(place.use('1', titleOf)).resolves.toBe('/blog/wp-admin/');
  await expect(place.use('1', async (page) => page.url())).resolves.toBe(`${place.baseUrl}/wp-admin/`);
  expect(place.opened).toEqual(['1']);
  expect(place.pool().accountIds()).toEqual(['1']);
});

test('accounts do not see each other', async () => {
  await expect(place.use('1', cookiesOf)).resolves.toEqual(['cookie-value-1']);
  await expect(place.use('2', cookiesOf)).resolves.toEqual(['cookie-value-2']);
});

test('the jobs of one account run one after the other, also when one fails', async () => {
  const log: string[] = [];
  const job = (name: string) => async (page: Page) => {
    log.push(`${name} starts`);
    await titleOf(page);
    log.push(`${name} ends`);
    if (name === 'a') throw new AppError('selector_drift', 'drifted');
  };
  const [a, b] = await Promise.allSettled([place.use('1', job('a')), place.use('1', job('b'))]);
  expect([a.status, b.status]).toEqual(['rejected', 'fulfilled']);
  expect(log).toEqual(['a starts', 'a ends', 'b starts', 'b ends']);
  expect(place.opened).toEqual(['1']);
});

test('a session ends by age, by uses and by rest', async () => {
  await place.use('1', nothing);
  place.at(400);
  await place.use('1', nothing);
  await place.use('1', nothing);
  expect(place.opened).toHaveLength(1);
  await place.use('1', nothing); // the fourth use
  expect(place.opened).toHaveLength(2);
  place.at(place.now() + 499);
  await place.use('1', nothing);
  place.at(place.now() + 499);
  await place.use('1', nothing);
  expect(place.opened).toHaveLength(2);
  place.at(place.now() + 2); // 1000 since it was opened
  await place.use('1', nothing);
  expect(place.opened).toHaveLength(3);
  place.at(place.now() + 500);
  await place.pool().sweep();
  expect(place.pool().accountIds()).toEqual([]);
});

test('a new account takes the slot that rests longest, and is refused while all are at work', async () => {
  await place.use('1', nothing);
  place.at(1);
  await place.use('2', nothing);
  await place.use('3', nothing);
  expect(place.pool().accountIds()).toEqual(['2', '3']);

  const { promise: gate, resolve: release } = Promise.withResolvers<void>();
  const started = ['2', '3'].map((id) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const ended = place.use(id, async () => {
      resolve();
      await gate;
    });
    return { promise, ended };
  });
  await Promise.all(started.map(({ promise }) => promise));
  await expect(place.use('4', nothing)).rejects.toMatchObject({ code: 'browser_busy', retryable: true });
  release();
  await Promise.all(started.map(({ ended }) => ended));
  await expect(place.use('4', nothing)).resolves.toBeUndefined();
});

test('never more contexts than slots, however many ask at once', async () => {
  const outcomes = await Promise.allSettled(['1', '2', '3', '4', '5'].map((id) => place.use(id, titleOf)));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
  expect(place.pool().accountIds()).toHaveLength(2);
});

test('a log-in state that cannot be had leaves no slot taken', async () => {
  await expect(place.pool().withSession('1', { open: loggedOut, work: nothing })).rejects.toMatchObject({
    code: 'needs_login',
  });
  await Promise.all([place.use('2', nothing), place.use('3', nothing)]);
  expect(place.pool().accountIds()).toHaveLength(2);
});

test('a session that was logged out is not used again', async () => {
  await expect(place.use('1', loggedOut)).rejects.toMatchObject({ code: 'needs_login' });
  await place.use('1', nothing);
  expect(place.opened).toEqual(['1', '1']);
});

const asks = () => Promise.reject(new AppError('needs_login', 'scan it', { details: { reason: 'qr' } }));

test('a session whose login a person may finish stays as it is', async () => {
  await expect(place.use('1', asks)).rejects.toMatchObject({ code: 'needs_login' });
  await place.use('1', nothing);
  expect(place.opened).toEqual(['1']);
});

test('a page gets ready between jobs: the next one waits for it, and none that is there already', async () => {
  await place.pool().betweenJobs('1', () => Promise.reject(new Error('no session, so nothing happens')));
  await place.use('1', nothing);
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const getsReady = place.pool().betweenJobs('1', async (page) => {
    await gate;
    await titleOf(page);
    throw new Error('for the next job to find');
  });
  const next = place.use('1', async (page) => page.url());
  open();
  await expect(next).resolves.toBe(`${place.baseUrl}/wp-admin/`);
  await getsReady;

  let isReady = false;
  await place.use('1', () => place.pool().betweenJobs('1', async () => void (isReady = true)));
  expect(isReady).toBe(false);
});

test('a dropped session opens anew', async () => {
  await place.use('1', nothing);
  await place.pool().drop('1');
  await place.use('1', nothing);
  expect(place.opened).toEqual(['1', '1']);
});

test('a session that rests holds no page, and is still the same session', async () => {
  await place.use('1', titleOf);
  const busy = (await memoryBelow(process.pid)) ?? 0;
  place.at(100);
  await place.pool().sweep();
  await eventually(async () => ((await memoryBelow(process.pid)) ?? 0) < busy);
  await expect(place.use('1', cookiesOf)).resolves.toEqual(['cookie-value-1']);
  expect(place.opened).toEqual(['1']);
});

test('a closed pool takes no job', async () => {
  await place.use('1', nothing);
  await place.pool().close();
  await expect(place.use('1', nothing)).rejects.toMatchObject({ code: 'unavailable' });
});
