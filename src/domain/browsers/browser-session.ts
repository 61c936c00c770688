import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import type { EgressProxy } from '../../infra/egress-proxy.ts';
import { readyToTrace } from './evidence.ts';
import type { LaunchedBrowser } from './launch-browser.ts';
import type { PlatformHosts } from './reachable-hosts.ts';
import { unlessAborted } from './unless-aborted.ts';

/** One account's browser context: its cookies, and one page that stays open between jobs. */
export type BrowserSession = {
  readonly accountId: string;
  readonly openedAtMs: number;
  usedAtMs: number;
  uses: number;
  /** The account's page, a new one when the last one crashed or was closed. */
  page(): Promise<Page>;
  /** Whether this is still its page, neither crashed nor closed. */
  holds(page: Page): boolean;
  isAlive(): boolean;
  readonly browserGone: AbortSignal;
  /** Closes the page, whose scripts and memory nobody needs until the next job; cookies and caches stay. */
  rest(): Promise<void>;
  close(): Promise<void>;
};

export type SessionSeed = {
  storageState: Exclude<BrowserContextOptions['storageState'], string | undefined>;
  baseUrl: string;
  hosts: PlatformHosts;
  /** A proxy that the account's owner wants its pages to be asked through. */
  proxyUrl: string | null;
};

export type NewSession = { accountId: string; seed: SessionSeed; egress: EgressProxy; nowMs: number };

/**
 * Opens a context whose only way out is `egress`, and in which a site can neither store files on this machine nor open
 * windows that nobody watches. The egress closes with it.
 * @throws AppError `browser_lost` when the browser dies meanwhile
 */
export async function openSession(
  { browser, gone }: LaunchedBrowser,
  { accountId, seed, egress, nowMs }: NewSession,
): Promise<BrowserSession> {
  const context = await unlessAborted(openContext(browser, { seed, egress }), gone).catch(async (error: unknown) => {
    await egress.close();
    throw error;
  });
  let alive = true;
  context.once('close', () => {
    alive = false;
    void egress.close();
  });
  let page: Page | null = null;
  return {
    accountId,
    openedAtMs: nowMs,
    usedAtMs: nowMs,
    uses: 0,
    async page() {
      page ??= await newPage(context, seed.hosts, () => {
        page = null;
      });
      return page;
    },
    holds: (one) => one === page,
    isAlive: () => alive && browser.isConnected(),
    browserGone: gone,
    async rest() {
      await page?.close().catch(() => undefined);
    },
    close: () => context.close(),
  };
}

async function openContext(browser: Browser, { seed, egress }: Pick<NewSession, 'seed' | 'egress'>) {
  const context = await browser.newContext({
    storageState: seed.storageState,
    // With the slash a relative path stays inside a site that lives in a folder of its host.
    baseURL: seed.baseUrl.endsWith('/') ? seed.baseUrl : `${seed.baseUrl}/`,
    proxy: { server: egress.url },
    acceptDownloads: false,
    reducedMotion: 'reduce',
  });
  await context.addInitScript(standStillInPage);
  await readyToTrace(context);
  return context;
}

/**
 * Runs in each page before its own scripts. What moves for ever, whatever a visitor prefers, keeps the compositor drawing:
 * here every animation is over at once, and says so to those who wait for its end.
 */
function standStillInPage(): void {
  const still = new CSSStyleSheet();
  still.replaceSync(`*, ::before, ::after {
    animation-delay: 0s !important;
    animation-duration: 0.01ms !important;
    animation-iteration-count: 1 !important;
    transition-delay: 0s !important;
    transition-duration: 0.01ms !important;
  }`);
  document.adoptedStyleSheets.push(still);
}

async function newPage(context: BrowserContext, { unneeded }: PlatformHosts, onGone: () => void): Promise<Page> {
  const page = await context.newPage();
  if (unneeded) await refuse(page, unneeded);
  page.on('popup', (popup) => void popup.close().catch(() => undefined));
  page.once('close', onGone);
  page.once('crash', () => {
    onGone();
    void page.close().catch(() => undefined);
  });
  return page;
}

/** By the browser itself, which costs less than to be asked about each request. */
async function refuse(page: Page, urls: readonly string[]): Promise<void> {
  const devTools = await page.context().newCDPSession(page);
  await devTools.send('Network.enable');
  await devTools.send('Network.setBlockedURLs', { urls: [...urls] });
}
