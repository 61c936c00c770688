import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { execFileSync } from 'node:child_process';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { AppError } from '../../errors.ts';
import { BrowserPool } from './browser-pool.ts';
import { takeEvidence } from './evidence.ts';

const site = createServer((request, response) => {
  response.setHeader('content-type', 'text/html');
  if (request.url?.startsWith('/file')) response.setHeader('content-disposition', 'attachment; filename=x.bin');
  response.end(
    `<!doctype html><title>${request.url}</title><input type="password" value="typed-password">
     <script>const nonce = "script-nonce-1";</script>
     <a href="/next?_wpnonce=link-nonce-1">next</a><p>words that stay, and cookie-value-1</p>`,
  );
});
let baseUrl: string;
let nowMs: number;
let opened: string[];
let pool: BrowserPool;

beforeAll(async () => {
  await new Promise<void>((done) => {
    site.listen(0, '127.0.0.1', done);
  });
  const address: AddressInfo | string | null = site.address();
  baseUrl = typeof address === 'object' && address ? `http://127.0.0.1:${address.port}/blog` : '';
});
afterAll(() => {
  site.closeAllConnections();
  site.close();
});
beforeEach(() => {
  nowMs = 0;
  opened = [];
  pool = new BrowserPool({
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    slots: 2,
    maxAgeMs: 1000,
    maxIdleMs: 500,
    maxUses: 3,
    now: () => nowMs,
  });
});
afterEach(() => pool.close());

const use = <T>(accountId: string, work: (page: Page) => Promise<T>) =>
  pool.withSession(
    accountId,
    async () => {
      opened.push(accountId);
      return { baseUrl, storageState: { cookies: [cookieOf(accountId)], origins: [] } };
    },
    work,
  );

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

const nothing = async () => undefined;
const loggedOut = () => Promise.reject(new AppError('needs_login', 'logged out'));
const cookiesOf = async (page: Page) => (await page.context().cookies()).map(({ value }) => value);
const titleOf = async (page: Page) => {
  await page.goto('wp-admin/');
  return page.title();
};

test('a session is opened once and used again, and its paths stay inside its site', async () => {
  await expect(use('1', titleOf)).resolves.toBe('/blog/wp-admin/');
  await expect(use('1', async (page) => page.url())).resolves.toBe(`${baseUrl}/wp-admin/`);
  expect(opened).toEqual(['1']);
  expect(pool.accountIds()).toEqual(['1']);
});

test('accounts do not see each other', async () => {
  await expect(use('1', cookiesOf)).resolves.toEqual(['cookie-value-1']);
  await expect(use('2', cookiesOf)).resolves.toEqual(['cookie-value-2']);
});

test('the jobs of one account run one after the other, also when one fails', async () => {
  const log: string[] = [];
  const job = (name: string) => async (page: Page) => {
    log.push(`${name} starts`);
    await titleOf(page);
    log.push(`${name} ends`);
    if (name === 'a') throw new AppError('selector_drift', 'drifted');
  };
  const [a, b] = await Promise.allSettled([use('1', job('a')), use('1', job('b'))]);
  expect([a.status, b.status]).toEqual(['rejected', 'fulfilled']);
  expect(log).toEqual(['a starts', 'a ends', 'b starts', 'b ends']);
  expect(opened).toEqual(['1']);
});

test('a session ends by age, by uses and by rest', async () => {
  await use('1', nothing);
  nowMs = 400;
  await use('1', nothing);
  await use('1', nothing);
  expect(opened).toHaveLength(1);
  await use('1', nothing); // the fourth use
  expect(opened).toHaveLength(2);
  nowMs += 499;
  await use('1', nothing);
  nowMs += 499;
  await use('1', nothing);
  expect(opened).toHaveLength(2);
  nowMs += 2; // 1000 since it was opened
  await use('1', nothing);
  expect(opened).toHaveLength(3);
  nowMs += 500;
  await pool.sweep();
  expect(pool.accountIds()).toEqual([]);
});

test('a new account takes the slot that rests longest, and is refused while all are at work', async () => {
  await use('1', nothing);
  nowMs = 1;
  await use('2', nothing);
  await use('3', nothing);
  expect(pool.accountIds()).toEqual(['2', '3']);

  const { promise: gate, resolve: release } = Promise.withResolvers<void>();
  const started = ['2', '3'].map((id) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const ended = use(id, async () => {
      resolve();
      await gate;
    });
    return { promise, ended };
  });
  await Promise.all(started.map(({ promise }) => promise));
  await expect(use('4', nothing)).rejects.toMatchObject({ code: 'browser_busy', retryable: true });
  release();
  await Promise.all(started.map(({ ended }) => ended));
  await expect(use('4', nothing)).resolves.toBeUndefined();
});

test('never more contexts than slots, however many ask at once', async () => {
  const outcomes = await Promise.allSettled(['1', '2', '3', '4', '5'].map((id) => use(id, titleOf)));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
  expect(pool.accountIds()).toHaveLength(2);
});

test('a log-in state that cannot be had leaves no slot taken', async () => {
  await expect(pool.withSession('1', loggedOut, nothing)).rejects.toMatchObject({ code: 'needs_login' });
  await Promise.all([use('2', nothing), use('3', nothing)]);
  expect(pool.accountIds()).toHaveLength(2);
});

test('a session that was logged out is not used again', async () => {
  await expect(use('1', loggedOut)).rejects.toMatchObject({ code: 'needs_login' });
  await use('1', nothing);
  expect(opened).toEqual(['1', '1']);
});

test('a dropped session opens anew', async () => {
  await use('1', nothing);
  await pool.drop('1');
  await use('1', nothing);
  expect(opened).toEqual(['1', '1']);
});

test('a browser that is killed fails the job at hand as "unavailable" and is started again', async () => {
  const killed = use('1', async (page) => {
    await titleOf(page);
    const gone = page.waitForEvent('close');
    killBrowserOf(process.pid);
    await gone;
    await page.title();
  });
  await expect(killed).rejects.toMatchObject({ code: 'unavailable', retryable: true });
  await expect(use('1', titleOf)).resolves.toBe('/blog/wp-admin/');
  expect(opened).toEqual(['1', '1']);
});

test('a page that crashes is replaced within the same session', async () => {
  await use('1', async (page) => {
    const crashed = page.waitForEvent('crash');
    const devTools = await page.context().newCDPSession(page);
    devTools.send('Page.crash').catch(() => undefined); // never answers
    await crashed;
  });
  await expect(use('1', titleOf)).resolves.toBe('/blog/wp-admin/');
  expect(opened).toEqual(['1']);
});

test('windows that a page opens are closed, and files are not stored', async () => {
  await use('1', async (page) => {
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

test('a closed pool takes no job', async () => {
  await use('1', nothing);
  await pool.close();
  await expect(use('1', nothing)).rejects.toMatchObject({ code: 'unavailable' });
});

test('evidence shows the page without its passwords, nonces and cookies', async () => {
  const { screenshot, html, url } = await use('1', async (page) => {
    await page.goto('list?_wpnonce=address-nonce-1');
    return takeEvidence(page);
  });
  expect(
    Buffer.from(screenshot ?? [])
      .subarray(1, 4)
      .toString(),
  ).toBe('PNG');
  expect(html).toContain('words that stay');
  for (const secret of ['typed-password', 'script-nonce-1', 'link-nonce-1', 'cookie-value-1', 'address-nonce-1']) {
    expect(html + url).not.toContain(secret);
  }
});

test('evidence of a page that is gone is empty and no error', async () => {
  const evidence = await use('1', async (page) => {
    await page.close();
    return takeEvidence(page);
  });
  expect(evidence).toMatchObject({ screenshot: null, html: null });
});

/** The browser is this process' own child; killed as a machine short of memory would. */
function killBrowserOf(parentPid: number): void {
  const children = execFileSync('ps', ['-o', 'pid=,comm=', '--ppid', String(parentPid)], { encoding: 'utf8' });
  const line = children.split('\n').find((child) => child.includes('chrom'));
  process.kill(Number(line?.trim().split(/\s+/)[0]), 'SIGKILL');
}
