import { chromium } from 'playwright-core';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { patience } from '../../src/domain/platforms/patience.ts';

/** A browser for pages of fixture sites, which are on this machine and quick. */
export async function fixtureBrowser() {
  const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
  const browser = await chromium.launch({ executablePath, args: [...launchArgs] });
  return {
    async page(url: string, storageState?: Exclude<BrowserContextOptions['storageState'], string>): Promise<Page> {
      const options = { baseURL: `${url}/`, reducedMotion: 'reduce' as const, locale: 'zh-CN' };
      return (await browser.newContext(storageState ? { ...options, storageState } : options)).newPage();
    },
    async closePages() {
      await Promise.all(browser.contexts().map((context) => context.close()));
    },
    close: () => browser.close(),
  };
}

export type FixtureBrowser = Awaited<ReturnType<typeof fixtureBrowser>>;

/** Long enough for a page on this machine, and short enough to look for what is not there. */
export const hasty = { ...patience, openMs: 10_000, findMs: 1_500, answerMs: 2_000, pollMs: 50 };

/** As the browser pool's. */
const launchArgs = ['--no-sandbox', '--disable-dev-shm-usage', '--force-prefers-reduced-motion'];
