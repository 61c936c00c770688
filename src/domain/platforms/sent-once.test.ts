import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { z } from 'zod';
import { listening } from '../../../test/listening.ts';
import { holdPosts } from './held-posts.ts';
import { sentOnce } from './sent-once.ts';

let browser: Browser;
let page: Page;
let site: Server;
let base: string;

/** What the site was sent, and what it does with the next one. */
const posts: { body: string; cookie: string | undefined; type: string | undefined }[] = [];
let answering: 'stored' | 'refused' | 'cut' = 'stored';

/** Asks once more when it hears nothing, and leaves as soon as it hears something. */
const editor = `<button onclick="send()">publish</button><script>
  const headers = { 'content-type': 'application/json' };
  const post = () => fetch('/api/notes?from=web', { method: 'POST', headers, body: '{"title":"Bienen 🐝"}' });
  async function send() {
    const answer = await post().catch(post).catch(() => null);
    if (answer?.ok) location.href = '/published';
    else window.isGivenUp = true;
  }
</script>`;

beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
  site = createServer((request, response) => void answered(request, response));
  base = `http://127.0.0.1:${await listening(site)}`;
});

afterAll(async () => {
  await browser.close();
  site.close();
});
beforeEach(async () => {
  posts.length = 0;
  answering = 'stored';
  page = await browser.newPage({ baseURL: base });
  await page.context().addCookies([{ name: 'session', value: 'abc', url: base }]);
  await holdPosts(page, '/api/notes');
  await page.goto('/');
});

async function answered(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'POST') {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    return void response.end(request.url === '/' ? editor : 'Published.');
  }
  const { headers } = request;
  posts.push({ body: await text(request), cookie: headers.cookie, type: headers['content-type'] });
  if (answering === 'cut') return void request.socket.destroy();
  response.writeHead(answering === 'stored' ? 200 : 503, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ id: posts.length }));
}

const click = () =>
  sentOnce(page, {
    act: () => page.locator('button').click({ noWaitAfter: true }),
    answer: z.object({ id: z.number() }),
    answerMs: 10_000,
    to: 'the click',
  });

test('what the page sends arrives as it is, and the page hears the answer', async () => {
  await expect(click()).resolves.toEqual({ id: 1 });
  expect(posts).toEqual([{ body: '{"title":"Bienen 🐝"}', cookie: 'session=abc', type: 'application/json' }]);
  await page.waitForURL('**/published');
});

test('an answer that is lost is told, and the page that asks again then is not heard', async () => {
  answering = 'cut';
  await expect(click()).rejects.toMatchObject({ code: 'upstream_failed' });
  await page.waitForFunction('window.isGivenUp');
  expect(posts).toHaveLength(1);
});

test('an answer that says no is told with its status', async () => {
  answering = 'refused';
  await expect(click()).rejects.toThrow('HTTP 503');
  await page.waitForFunction('window.isGivenUp');
  expect(posts).toHaveLength(1);
});

test('a page that leaves for another one as soon as it has its answer is not held up, however often', async () => {
  for (let count = 1; count <= 60; count += 1) {
    await expect(click()).resolves.toEqual({ id: count });
    await page.waitForURL('**/published');
    await page.goto('/');
  }
  expect(posts).toHaveLength(60);
});

test('before it is asked for, and in a page that was opened before its posts were held, nothing is sent', async () => {
  await page.locator('button').click();
  await page.waitForFunction('window.isGivenUp');
  page = await browser.newPage({ baseURL: base });
  await page.goto('/');
  await expect(click()).rejects.toMatchObject({ code: 'conflict' });
  expect(posts).toEqual([]);
});

test('after its answer, nothing more is sent until it is asked for again', async () => {
  await click();
  await page.waitForURL('**/published');
  await page.goto('/');
  await page.locator('button').click();
  await page.waitForFunction('window.isGivenUp');
  expect(posts).toHaveLength(1);
});

test('after an answer that was lost, the next post in the same page is sent once as well', async () => {
  answering = 'cut';
  await expect(click()).rejects.toMatchObject({ code: 'upstream_failed' });
  answering = 'stored';
  await page.goto('/');
  await expect(click()).resolves.toEqual({ id: 2 });
  expect(posts).toHaveLength(2);
});
