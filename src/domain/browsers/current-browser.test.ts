import { expect, test } from '@jest/globals';
import { currentBrowser } from './current-browser.ts';
import { launchBrowser } from './launch-browser.ts';

test('the end of an older browser leaves the newer one alone, and one that died is replaced', async () => {
  const ends: string[] = [];
  const launch = launchBrowser({ executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium' });
  const current = currentBrowser(launch, () => void ends.push('gone'));
  const first = await current.live();
  const closing = current.close();
  const second = await current.live();
  await closing;
  expect([first.browser.isConnected(), second.browser.isConnected(), ends]).toEqual([false, true, ['gone']]);
  await expect(current.live()).resolves.toBe(second);

  await second.browser.close();
  const third = await current.live();
  expect(third).not.toBe(second);
  await current.close();
  expect(third.browser.isConnected()).toBe(false);
});
