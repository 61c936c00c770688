import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { signalGroup } from '../../../dev/stack/owned-process.ts';
import { until } from '../../../dev/stack/until.ts';
import { childrenOf } from '../../../test/children-of.ts';
import { fenceClicks, leaveFenced, liftFence } from './click-fence.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
});
afterAll(() => browser.close());

/** A page with a button; `arrived` counts the clicks that came to it, `landed` those that the button heard of. */
async function aButton(): Promise<Page> {
  const page = await browser.newPage();
  await page.setContent(`<button>publish</button><script>
    window.arrived = window.landed = 0;
    window.addEventListener('click', () => (window.arrived += 1), true);
    document.querySelector('button').addEventListener('click', () => (window.landed += 1));
  </script>`);
  return page;
}
const clicks = (page: Page) =>
  page.evaluate(() => ({ arrived: Reflect.get(window, 'arrived'), landed: Reflect.get(window, 'landed') }));

test('a click in time lands', async () => {
  const page = await aButton();
  await fenceClicks(page, Date.now() + 60_000);
  await page.locator('button').click();
  expect(await clicks(page)).toEqual({ arrived: 1, landed: 1 });
});

test('a click of a worker that was stopped until its time was over does not land', async () => {
  const page = await aButton();
  await fenceClicks(page, Date.now());
  await page.locator('button').click();
  expect(await clicks(page)).toEqual({ arrived: 1, landed: 0 });
});

test('a click that waited in a stopped browser until its time was over does not land when the browser goes on', async () => {
  const page = await aButton();
  const button = page.locator('button');
  await button.hover(); // Chromium has drawn the page
  const untilMs = Date.now() + 300;
  await fenceClicks(page, untilMs);
  const [group = 0] = childrenOf(process.pid);
  signalGroup(group, 'SIGSTOP');
  const clicking = button.click();
  await until(() => Date.now() > untilMs, { timeoutMs: 5_000 });
  signalGroup(group, 'SIGCONT');
  await clicking;
  expect(await clicks(page)).toEqual({ arrived: 1, landed: 0 });
});

test('a page that was fenced is left before its next job, and all others stay as they are', async () => {
  const page = await aButton();
  await leaveFenced(page);
  expect(await page.locator('button').count()).toBe(1);
  await fenceClicks(page, Date.now());
  await leaveFenced(page);
  expect(page.url()).toBe('about:blank');
  expect(await page.locator('button').count()).toBe(0);
});

test('a fence that is lifted leaves the page to its next job, in which clicks land whenever they come', async () => {
  const page = await aButton();
  await fenceClicks(page, Date.now());
  await liftFence(page);
  await leaveFenced(page);
  await page.locator('button').click();
  expect(await clicks(page)).toEqual({ arrived: 1, landed: 1 });
});
