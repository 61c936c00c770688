import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';

/** One account's browser context: its cookies, and one page that stays open between jobs. */
export type BrowserSession = {
  readonly accountId: string;
  readonly openedAtMs: number;
  usedAtMs: number;
  uses: number;
  /** The account's page, a new one when the last one crashed or was closed. */
  page(): Promise<Page>;
  isAlive(): boolean;
  close(): Promise<void>;
};

export type SessionSeed = {
  storageState: Exclude<BrowserContextOptions['storageState'], string | undefined>;
  baseUrl: string;
};

/** Opens a context in which a site can neither store files on this machine nor open windows that nobody watches. */
export async function openSession(
  browser: Browser,
  { accountId, seed, nowMs }: { accountId: string; seed: SessionSeed; nowMs: number },
): Promise<BrowserSession> {
  const context = await browser.newContext({
    storageState: seed.storageState,
    // With the slash a relative path stays inside a site that lives in a folder of its host.
    baseURL: seed.baseUrl.endsWith('/') ? seed.baseUrl : `${seed.baseUrl}/`,
    acceptDownloads: false,
    reducedMotion: 'reduce',
  });
  let alive = true;
  context.once('close', () => {
    alive = false;
  });
  let page: Page | null = null;
  return {
    accountId,
    openedAtMs: nowMs,
    usedAtMs: nowMs,
    uses: 0,
    async page() {
      page ??= await newPage(context, () => {
        page = null;
      });
      return page;
    },
    isAlive: () => alive && browser.isConnected(),
    close: () => context.close(),
  };
}

async function newPage(context: BrowserContext, onGone: () => void): Promise<Page> {
  const page = await context.newPage();
  page.on('popup', (popup) => void popup.close().catch(() => undefined));
  page.once('close', onGone);
  page.once('crash', () => {
    onGone();
    void page.close().catch(() => undefined);
  });
  return page;
}
