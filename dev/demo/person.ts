import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { StackError } from '../stack/stack-error.ts';

/** A person at a browser: logs in to the site once, and later looks at the post. */
export async function person(executablePath: string) {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
  return {
    /** @returns the login state, as the desktop app would take it from its own browser window */
    login: (site: Site) => login(browser, site),
    /** Reads a page as any visitor. @returns its heading and a picture of it */
    read: (url: string, picture: string) => read(browser, url, picture),
    leave: () => browser.close(),
  };
}

export type Site = { url: string; user: { login: string; password: string } };

async function login(browser: Browser, { url, user }: Site) {
  const context = await browser.newContext({ baseURL: url });
  const page = await context.newPage();
  await page.goto('/wp-login.php');
  // The page moves the focus to the name a moment after it has loaded: text typed during that lands in the wrong field.
  await page.waitForFunction(() => document.activeElement?.id === 'user_login');
  await page.locator('#user_login').fill(user.login);
  await page.locator('#user_pass').fill(user.password);
  await page.locator('#wp-submit').click();
  await page.waitForURL('**/wp-admin/**', { waitUntil: 'commit' });
  const state = await context.storageState();
  await context.close();
  return state;
}

async function read(browser: Browser, url: string, picture: string) {
  const context = await browser.newContext({ viewport: { width: 1100, height: 1400 } });
  const page = await context.newPage();
  const answer = await page.goto(url, { waitUntil: 'load' });
  if (!answer?.ok()) throw new StackError(`The post at ${url} answered ${answer?.status() ?? 'nothing'}.`);
  const heading = (await page.locator('h1').first().textContent()) ?? '';
  const coverShown = (await page.locator('.wp-post-image').count()) > 0;
  await page.screenshot({ path: picture });
  await context.close();
  return { heading: heading.trim(), coverShown };
}
