import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { until } from '../../../../dev/stack/until.ts';
import { fixtureBrowser, hasty } from '../../../../test/sites/fixture-browser.ts';
import type { FixtureBrowser } from '../../../../test/sites/fixture-browser.ts';
import { openXiaohongshu } from '../../../../test/sites/xiaohongshu/site.ts';
import type { XiaohongshuSite } from '../../../../test/sites/xiaohongshu/site.ts';
import { login } from './login.ts';
import { xiaohongshuWith } from './platform.ts';

let site: XiaohongshuSite;
let browser: FixtureBrowser;
beforeAll(async () => {
  [site, browser] = await Promise.all([openXiaohongshu(), fixtureBrowser()]);
});
afterEach(() => browser.closePages());
afterAll(async () => {
  await browser.close();
  await site.close();
});

const xiaohongshu = xiaohongshuWith(hasty, { listLagMs: 600_000, lookMs: 0 });
const bytes = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const post = {
  title: '登录后',
  markdown: '正文。',
  tags: [],
  cover: { name: 'a.png', contentType: 'image/png', bytes },
  draftId: null,
};

/** A page that was led to the wall. */
async function atWall(asks: XiaohongshuSite['now']['login']): Promise<Page> {
  site.now.login = asks;
  const page = await browser.page(site.url);
  await expect(xiaohongshu.checkLogin(page)).rejects.toMatchObject({ details: { reason: asks } });
  await expect(login.isSolved(page)).resolves.toBe(false);
  return page;
}
const solved = (page: Page) => until(() => login.isSolved(page), { timeoutMs: 10_000 });
const scan = async () => (await fetch(site.url + site.desk.qrAddress())).status;

test('the picture is offered, exchanged when it has run out, and after a scan the same page publishes', async () => {
  const page = await atWall('qr');
  const asked = await login.challenge(page);
  expect(asked).toMatchObject({ reason: 'qr', acceptsCode: false });
  const source = async () => (await login.challenge(page))?.picture?.getAttribute('src');
  expect(await until(async () => Boolean(await source()), { timeoutMs: 10_000 })).toBe(true);

  const first = await source();
  site.desk.qrRunsOut();
  await page.getByText('点击刷新').waitFor();
  expect(await scan()).toBe(410);
  expect(await until(async () => (await source()) !== first, { timeoutMs: 10_000 })).toBe(true);

  expect([await scan(), await scan()]).toEqual([200, 410]);
  expect(await solved(page)).toBe(true);
  await xiaohongshu.prepare(page, post);
  await xiaohongshu.commit(page, { draftId: null, content: post, aboutToClick: async () => {} });
  expect(site.notes.all().map(({ title }) => title)).toEqual([post.title]);
});

test('a wrong code is refused, and the right one is accepted once', async () => {
  const page = await atWall('sms_code');
  await expect(login.challenge(page)).resolves.toMatchObject({ reason: 'sms_code', picture: null, acceptsCode: true });
  expect(await until(() => site.desk.code('sms') !== null, { timeoutMs: 10_000 })).toBe(true);
  const code = site.desk.code('sms') ?? '';
  await expect(login.answer?.(page, '000000')).resolves.toBe('refused');
  await expect(login.isSolved(page)).resolves.toBe(false);
  await expect(login.answer?.(page, code)).resolves.toBe('accepted');
  expect(await solved(page)).toBe(true);
  const again = await fetch(`${site.url}/desk/sms`, { method: 'POST', body: JSON.stringify({ code }) });
  expect(again.status).toBe(403);
});

test('a puzzle is nothing that a person can answer from afar, and a code for it is typed nowhere', async () => {
  const page = await atWall('captcha');
  await expect(login.challenge(page)).resolves.toBeNull();
  await expect(login.answer?.(page, '1234')).resolves.toBe('refused');
});
