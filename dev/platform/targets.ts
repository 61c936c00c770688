import { readFileSync } from 'node:fs';
import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core';
import { descriptionOf } from '../../src/domain/platforms/index.ts';
import type { descriptions } from '../../src/domain/platforms/index.ts';
import { selectors as ghost } from '../../src/domain/platforms/ghost/selectors.ts';
import { selectors as wordpress } from '../../src/domain/platforms/wordpress/selectors.ts';
import { selectors as xiaohongshu } from '../../src/domain/platforms/xiaohongshu/selectors.ts';
import { selectors as zhihu } from '../../src/domain/platforms/zhihu/selectors.ts';
import { openXiaohongshu } from '../../test/sites/xiaohongshu/site.ts';
import { openZhihu } from '../../test/sites/zhihu/site.ts';
import { ghostOwner } from '../stack/ghost/owner.ts';

export type PlatformId = keyof typeof descriptions;

/** Where the parts of each platform's pages are looked for. */
export const selectorsOf: Record<PlatformId, Readonly<Record<string, readonly string[]>>> = {
  wordpress,
  ghost,
  zhihu,
  xiaohongshu,
};

export type Target = {
  url: string;
  user?: string | undefined;
  password?: string | undefined;
  /** A file with the cookies of a browser that is logged in, as Playwright keeps them. */
  state?: string | undefined;
};

/** A browser context that is logged in to the target. @throws an Error that says how to log in */
export async function loggedIn(browser: Browser, id: PlatformId, target: Target): Promise<BrowserContext> {
  const open = (storageState?: StorageState) =>
    browser.newContext({
      baseURL: `${target.url.replace(/\/$/, '')}/`,
      reducedMotion: 'reduce',
      ...(storageState && { storageState }),
    });
  if (target.state !== undefined) return open(JSON.parse(readFileSync(target.state, 'utf8')));
  if (id === 'wordpress') return asWordpressUser(await open(), target);
  if (id === 'ghost') return asGhostUser(await open(), target);
  throw new Error(`${descriptionOf(id).name} has no login by name and password: give --state FILE.`);
}

/** Fixture sites for platforms that were never tried live, with a login state of theirs. */
export const fixtures: Partial<Record<PlatformId, () => Promise<Fixture>>> = {
  zhihu: () => openZhihu(),
  xiaohongshu: () => openXiaohongshu(),
};

export type Fixture = { url: string; login(): StorageState; close(): Promise<void> };
type StorageState = Exclude<BrowserContextOptions['storageState'], string | undefined>;

/** By the form's own request. */
async function asWordpressUser(context: BrowserContext, { user, password, url }: Target): Promise<BrowserContext> {
  const form = { log: user ?? 'author1', pwd: password ?? 'author1-password', testcookie: '1' };
  await context.request.get('wp-login.php'); // sets the cookie that the form asks for
  await context.request.post('wp-login.php', { form, maxRedirects: 0 });
  if ((await context.cookies()).some(({ name }) => name.startsWith('wordpress_logged_in'))) return context;
  throw new Error(`The WordPress at ${url} refused ${form.log}.`);
}

async function asGhostUser(context: BrowserContext, { user, password, url }: Target): Promise<BrowserContext> {
  const data = { username: user ?? ghostOwner.email, password: password ?? ghostOwner.password };
  const headers = { origin: new URL(url).origin };
  const answer = await context.request.post('ghost/api/admin/session/', { data, headers });
  if (answer.ok()) return context;
  throw new Error(`The Ghost at ${url} refused ${data.username}: ${answer.status()}.`);
}
