import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { until } from '../../../dev/stack/until.ts';
import { browserPlace, killBrowser, titleOf } from '../../../test/browser-place.ts';
import type { BrowserPlace } from '../../../test/browser-place.ts';
import type { Page } from 'playwright-core';

let place: BrowserPlace;
beforeAll(async () => {
  place = await browserPlace();
});
beforeEach(() => place.reset());
afterAll(() => place.close());

test('a browser that is killed fails the job at hand as "browser_lost" and is started again', async () => {
  const killed = place.use('1', async (page) => {
    await titleOf(page);
    const gone = page.waitForEvent('close');
    killBrowser();
    await gone;
    await page.title();
  });
  await expect(killed).rejects.toMatchObject({ code: 'browser_lost', retryable: true });
  await expect(place.use('1', titleOf)).resolves.toBe('/blog/wp-admin/');
  expect(place.opened).toEqual(['1', '1']);
});

test('a job that a killed browser never answers ends with the browser, and so does a session that it never opens', async () => {
  const started = Promise.withResolvers<void>();
  const asked = place.use('1', () => {
    started.resolve();
    return new Promise(() => undefined);
  });
  await started.promise;
  killBrowser();
  await expect(asked).rejects.toMatchObject({ code: 'browser_lost', retryable: true });

  await place.use('1', titleOf);
  const opening = place.neverOpens('2');
  await opening.begun;
  killBrowser();
  await expect(opening.job).rejects.toMatchObject({ code: 'browser_lost', retryable: true });
  await expect(place.use('2', titleOf)).resolves.toBe('/blog/wp-admin/');
});

test('a job that has its answer when the browser dies may bring it to its end', async () => {
  const answered = place.use('1', async (page) => {
    const gone = new Promise((resolve) => page.context().browser()?.once('disconnected', resolve));
    killBrowser();
    await gone;
    await new Promise((resolve) => setImmediate(resolve)); // as one that writes a row
    return 'published';
  });
  await expect(answered).resolves.toBe('published');
});

test('a page that crashes is replaced within the same session', async () => {
  await place.use('1', async (page) => {
    const crashed = page.waitForEvent('crash');
    const devTools = await page.context().newCDPSession(page);
    devTools.send('Page.crash').catch(() => undefined); // never answers
    await crashed;
  });
  await expect(place.use('1', titleOf)).resolves.toBe('/blog/wp-admin/');
  expect(place.opened).toEqual(['1']);
});

test('a context that is closed fails the job at hand as "browser_lost", and the next one opens another', async () => {
  const closed = place.use('1', async (page) => {
    await page.context().close();
    await page.title();
  });
  await expect(closed).rejects.toMatchObject({ code: 'browser_lost', retryable: true });
  await expect(place.use('1', titleOf)).resolves.toBe('/blog/wp-admin/');
  expect(place.opened).toEqual(['1', '1']);
});

test('a page that crashes during a job fails it as "browser_lost", and the next one has a page again', async () => {
  const crashed = place.use('1', async (page) => {
    const devTools = await page.context().newCDPSession(page);
    devTools.send('Page.crash').catch(() => undefined); // never answers
    await page.evaluate(() => new Promise(() => undefined));
  });
  await expect(crashed).rejects.toMatchObject({ code: 'browser_lost', retryable: true });
  await expect(place.use('1', titleOf)).resolves.toBe('/blog/wp-admin/');
  expect(place.opened).toEqual(['1']);
});

test('a job that hangs holds its account only until it is given up', async () => {
  const givenUp = new AbortController();
  const hangs = place.use('1', (page) => page.evaluate(() => new Promise(() => undefined)), givenUp.signal);
  const next = place.use('1', titleOf);
  await until(() => place.pool().sessions()[0]?.uses === 1, { timeoutMs: 10_000 });
  givenUp.abort();
  await expect(hangs).rejects.toMatchObject({ code: 'unavailable', retryable: true });
  await expect(next).resolves.toBe('/blog/wp-admin/');
  expect(place.opened).toEqual(['1', '1']);
});

test('a job that is given up while it waits for the one before is over at once, and takes no other’s turn', async () => {
  const { promise: gate, resolve: release } = Promise.withResolvers<void>();
  const log: string[] = [];
  const first = place.use('1', async () => {
    await gate;
    log.push('first ends');
  });
  const givenUp = new AbortController();
  const second = place.use('1', async () => void log.push('second'), givenUp.signal);
  const third = place.use('1', async () => void log.push('third'));
  givenUp.abort();
  await expect(second).rejects.toMatchObject({ code: 'unavailable' });
  release();
  await Promise.all([first, third]);
  expect(log).toEqual(['first ends', 'third']);
});

test('a session that hangs while it is opened holds its account only until it is given up', async () => {
  const givenUp = new AbortController();
  const hangs = place.pool().withSession('1', {
    open: () => new Promise(() => undefined),
    work: titleOf,
    signal: givenUp.signal,
  });
  givenUp.abort();
  await expect(hangs).rejects.toMatchObject({ code: 'unavailable' });
  await expect(place.use('1', titleOf)).resolves.toBe('/blog/wp-admin/');
});

const itself = async (page: Page) => page;

test('a session that is open only after its job was given up does not take the place of the next one', async () => {
  const givenUp = new AbortController();
  const { promise: seed, resolve: arrives } = Promise.withResolvers<Awaited<ReturnType<typeof place.seedOf>>>();
  const gone = place.pool().withSession('1', { open: () => seed, work: titleOf, signal: givenUp.signal });
  givenUp.abort();
  await expect(gone).rejects.toMatchObject({ code: 'unavailable' });
  const page = await place.use('1', itself);
  arrives(await place.seedOf('1'));
  await place.use('2', titleOf); // opened by the same browser, after the late one
  await expect(place.use('1', itself)).resolves.toBe(page);
});

test('a job that was given up before its turn is not begun', async () => {
  const begun: string[] = [];
  const tooLate = place.use('1', async () => void begun.push('1'), AbortSignal.abort());
  await expect(tooLate).rejects.toMatchObject({ code: 'unavailable' });
  expect([begun, place.opened]).toEqual([[], []]);
});

test('a recycled browser ends no job: those at work end first, those that come meanwhile have the new one', async () => {
  const { promise: gate, resolve: release } = Promise.withResolvers<void>();
  const started = Promise.withResolvers<void>();
  const atWork = place.use('1', async (page) => {
    started.resolve();
    await gate;
    return titleOf(page);
  });
  await started.promise;
  const recycled = place.pool().recycle();
  const waiting = place.use('2', titleOf);
  expect(place.pool().sessions()).toMatchObject([{ accountId: '1', uses: 1, isAtWork: true }]);
  release();
  await expect(Promise.all([atWork, waiting, recycled])).resolves.toMatchObject(['/blog/wp-admin/', '/blog/wp-admin/']);
  expect(place.pool().accountIds()).toEqual(['2']);
});
