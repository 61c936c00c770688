/** Test set-up: a site of our own, and a pool of one real browser whose sessions are logged in to it. */
import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { Browser, Page } from 'playwright-core';
import { BrowserPool } from '../src/domain/browsers/browser-pool.ts';
import { launchBrowser } from '../src/domain/browsers/launch-browser.ts';
import { createSessionEgress } from '../src/domain/browsers/session-egress.ts';
import { AppError } from '../src/errors.ts';
import { createOutboundPolicy } from '../src/infra/outbound.ts';
import { listening } from './listening.ts';

export async function browserPlace() {
  const site = createServer((request, response) => {
    response.setHeader('content-type', 'text/html');
    if (request.url?.startsWith('/file')) response.setHeader('content-disposition', 'attachment; filename=x.bin');
    response.end(
      `<!doctype html><title>${request.url}</title>${request.url?.includes('list') ? secretsOnPage : '<p>words</p>'}`,
    );
  });
  const baseUrl = `http://127.0.0.1:${await listening(site)}/blog`;
  let nowMs = 0;
  let browser: Browser | null = null;
  const opened: string[] = [];
  const refused: string[] = [];
  const launch = launchBrowser({ executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium' });
  const newPool = () =>
    new BrowserPool({
      launch: async () => {
        const launched = await launch();
        browser = launched.browser;
        return launched;
      },
      egress: createSessionEgress({
        outbound: createOutboundPolicy({ allowPrivate: true }),
        ownProxy: null,
        onRefused: ({ host }) => void refused.push(host),
      }),
      slots: 2,
      maxAgeMs: 1000,
      maxIdleMs: 500,
      maxUses: 3,
      restAfterMs: 100,
      now: () => nowMs,
    });
  let pool = newPool();
  const hosts = { allowed: [], blocked: ['fonts.example.com'], unneeded: ['*/patterns/*'] };
  const seedOf = async (accountId: string) => {
    opened.push(accountId);
    const storageState = { cookies: [cookieOf(accountId)], origins: [] };
    return { baseUrl, storageState, hosts, proxyUrl: null };
  };
  return {
    baseUrl,
    seedOf,
    /** The accounts whose login state was asked for, in order. */
    opened,
    /** The hosts that pages wanted in vain. */
    refused,
    pool: () => pool,
    at(ms: number) {
      nowMs = ms;
    },
    now: () => nowMs,
    use: <T>(accountId: string, work: (page: Page) => Promise<T>, signal?: AbortSignal): Promise<T> =>
      pool.withSession(accountId, { open: () => seedOf(accountId), work, ...(signal && { signal }) }),
    /** A job whose context the browser of now, which must be there, is asked for and never gives. */
    neverOpens(accountId: string) {
      const begun = Promise.withResolvers<void>();
      if (browser)
        browser.newContext = () => {
          begun.resolve();
          return new Promise(() => undefined);
        };
      return {
        begun: begun.promise,
        job: pool.withSession(accountId, { open: () => seedOf(accountId), work: titleOf }),
      };
    },
    /** A new pool, as at the start. */
    async reset() {
      await pool.close();
      nowMs = 0;
      opened.length = 0;
      refused.length = 0;
      pool = newPool();
    },
    async close() {
      await pool.close();
      site.closeAllConnections();
      site.close();
    },
  };
}

export type BrowserPlace = Awaited<ReturnType<typeof browserPlace>>;

export const nothing = async () => undefined;
export const loggedOut = () => Promise.reject(new AppError('needs_login', 'logged out'));
export const cookiesOf = async (page: Page) => (await page.context().cookies()).map(({ value }) => value);
export const titleOf = async (page: Page) => {
  await page.goto('wp-admin/');
  return page.title();
};

/** The browser is this process' own child; killed as a machine short of memory would. */
export function killBrowser(): void {
  const children = execFileSync('ps', ['-o', 'pid=,comm=', '--ppid', String(process.pid)], { encoding: 'utf8' });
  const line = children.split('\n').find((child) => child.includes('chrom'));
  process.kill(Number(line?.trim().split(/\s+/)[0]), 'SIGKILL');
}

const secretsOnPage = `<input type="password" value="typed-password"><script>const nonce = "script-nonce-1";</script>
  <a href="/next?_wpnonce=link-nonce-1">next</a><p>words that stay, and cookie-value-1</p>`;

const cookieOf = (accountId: string) => ({
  name: 'session',
  value: `cookie-value-${accountId}`,
  domain: '127.0.0.1',
  path: '/',
  expires: -1,
  httpOnly: true,
  secure: false,
  sameSite: 'Lax' as const,
});
