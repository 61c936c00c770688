import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { AppError } from '../../errors.ts';

export type LaunchOptions = {
  executablePath: string;
  /** The whole environment of the browser process; this one's by default. */
  env?: Record<string, string>;
};

export type LaunchedBrowser = {
  browser: Browser;
  /** Aborted, with `browser_lost`, 2 s after its process has ended, whyever: what it has not answered by then it never will. */
  gone: AbortSignal;
};

/** @throws AppError `unavailable` when it does not start */
export const launchBrowser =
  ({ executablePath, env }: LaunchOptions) =>
  async (): Promise<LaunchedBrowser> => {
    try {
      // Signals are the worker's business: it lets jobs end before it closes the pool.
      const signals = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };
      const browser = await chromium.launch({ executablePath, args: [...launchArgs], ...signals, ...(env && { env }) });
      const gone = new AbortController();
      browser.once('disconnected', () => setTimeout(() => gone.abort(browserDied()), LAST_WORDS_MS).unref());
      if (!browser.isConnected()) throw new Error('It ended as soon as it had started.');
      return { browser, gone: gone.signal };
    } catch (cause) {
      throw new AppError('unavailable', 'The browser does not start.', { cause });
    }
  };

const LAST_WORDS_MS = 2_000;

const browserDied = () => new AppError('browser_lost', 'The browser died during the job.');

/**
 * No more than what a container needs, what keeps pages from animating, and what keeps them from going around their
 * proxy; nothing that hides the automation.
 */
const launchArgs = [
  '--no-sandbox',
  '--disable-dev-shm-usage',
  '--force-prefers-reduced-motion',
  '--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
] as const;
