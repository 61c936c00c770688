import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { browserPlace, titleOf } from '../../../test/browser-place.ts';
import type { BrowserPlace } from '../../../test/browser-place.ts';

let place: BrowserPlace;
beforeAll(async () => {
  place = await browserPlace();
});
beforeEach(() => place.reset());
afterAll(() => place.close());

test('a page reaches its site and nothing else, whatever it asks for', async () => {
  const otherPort = new URL(place.baseUrl).host.replace(/\d$/, (digit) => `${(Number(digit) + 1) % 10}`);
  const elsewhere = ['localhost', '169.254.169.254', 'fonts.example.com', 'other.example.com', otherPort];
  const urls = [...elsewhere.map((host) => `http://${host}/`), 'https://secure.example.com/'];
  await place.use('1', async (page) => {
    await titleOf(page);
    const reached = await page.evaluate(async (all) => {
      const found: string[] = [];
      for (const url of all) await fetch(url, { mode: 'no-cors' }).then(() => found.push(url), String);
      return found;
    }, urls);
    expect(reached).toEqual([]);
  });
  expect(place.refused).toEqual([
    'localhost',
    '169.254.169.254',
    'other.example.com',
    '127.0.0.1',
    'secure.example.com',
  ]);
});

test('what no step needs is not asked for, and the rest of the site is', async () => {
  await place.use('1', async (page) => {
    await titleOf(page);
    const reached = await page.evaluate(async () => {
      const asked = ['/blog/patterns/all', '/blog/posts'].map((path) => fetch(path));
      return (await Promise.allSettled(asked)).map(({ status }) => status);
    });
    expect(reached).toEqual(['rejected', 'fulfilled']);
  });
});

test('neither an alert, a file chooser nor a page that does not want to be left holds a job up', async () => {
  await place.use('1', async (page) => {
    await titleOf(page);
    await page.setContent(
      `<input type="file"><script>onbeforeunload = (event) => { event.preventDefault(); return 'stay'; };</script>`,
    );
    await page.evaluate(() => alert('hello'));
    expect(await page.evaluate(() => [confirm('sure?'), prompt('name?')])).toEqual([false, null]);
    await page.click('input'); // opens the chooser, and makes the page one that may ask to be stayed on
    await page.goto('next');
    expect(await page.title()).toBe('/blog/next');
  });
});

test('windows that a page opens are closed, and files are not stored', async () => {
  await place.use('1', async (page) => {
    await titleOf(page);
    const popup = page.waitForEvent('popup');
    await page.evaluate(() => void window.open('/popup'));
    const closed = await popup;
    if (!closed.isClosed()) await closed.waitForEvent('close');
    expect(page.context().pages()).toHaveLength(1);

    const download = page.waitForEvent('download');
    await page.evaluate(() => location.assign('/file'));
    expect(await (await download).failure()).not.toBeNull();
  });
});

test('what moves for ever is over at once, and says so to who waits for its end', async () => {
  await place.use('1', async (page) => {
    await titleOf(page);
    const ended = await page.evaluate(() => {
      const moving = document.createElement('style');
      moving.textContent = '@keyframes pulse { to { opacity: 0 } } p { animation: pulse 60s infinite }';
      document.head.append(moving);
      return new Promise((resolve) => {
        document.addEventListener('animationend', ({ animationName }) => resolve(animationName));
      });
    });
    expect(ended).toBe('pulse');
    await expect(page.evaluate(() => document.getAnimations().length)).resolves.toBe(0);
  });
});
