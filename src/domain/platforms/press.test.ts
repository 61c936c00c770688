import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { fixtureBrowser } from '../../../test/sites/fixture-browser.ts';
import type { FixtureBrowser } from '../../../test/sites/fixture-browser.ts';
import { press } from './press.ts';

let browser: FixtureBrowser;
beforeAll(async () => {
  browser = await fixtureBrowser();
});
afterEach(() => browser.closePages());
afterAll(() => browser.close());

/** A page with a button that says when it was pressed; `more` is what else is there. */
async function aButton(more: string) {
  const page = await browser.page('http://127.0.0.1');
  await page.setContent(`<button onclick="document.title = 'pressed'">go on</button>${more}`);
  return { button: page.locator('button'), title: () => page.title() };
}

const cover = '<div id="cover" style="position: fixed; inset: 0"></div>';

test('an element that never comes to rest is pressed', async () => {
  const { button, title } = await aButton(
    '<style>button { animation: sway 1s infinite alternate } @keyframes sway { to { margin-left: 300px } }</style>',
  );
  expect(await press(button, 5_000)).toBe(true);
  expect(await title()).toBe('pressed');
});

test('one that something lies over is pressed when that goes, and not before', async () => {
  const { button, title } = await aButton(cover);
  expect(await press(button, 200)).toBe(false);
  expect(await title()).toBe('');

  const pressing = press(button, 5_000);
  await button.page().evaluate(() => document.querySelector('#cover')?.remove());
  expect(await pressing).toBe(true);
  expect(await title()).toBe('pressed');
});

test('one that the page puts another in place of is pressed in its new form', async () => {
  const { button, title } = await aButton(cover);
  const pressing = press(button, 5_000);
  await button.page().evaluate(() => {
    const old = document.querySelector('button');
    old?.replaceWith(old.cloneNode(true));
    document.querySelector('#cover')?.remove();
  });
  expect(await pressing).toBe(true);
  expect(await title()).toBe('pressed');
});

test('one that is not there, or not enabled, is not pressed', async () => {
  const { button, title } = await aButton('<script>document.querySelector("button").disabled = true</script>');
  expect(await press(button, 200)).toBe(false);
  expect(await press(button.page().locator('#none'), 200)).toBe(false);
  expect(await title()).toBe('');
});
