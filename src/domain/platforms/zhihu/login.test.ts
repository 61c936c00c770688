import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { until } from '../../../../dev/stack/until.ts';
import { fixtureBrowser, hasty } from '../../../../test/sites/fixture-browser.ts';
import type { FixtureBrowser } from '../../../../test/sites/fixture-browser.ts';
import { openZhihu } from '../../../../test/sites/zhihu/site.ts';
import type { ZhihuSite } from '../../../../test/sites/zhihu/site.ts';
import { login } from './login.ts';
import { zhihuWith } from './platform.ts';

let site: ZhihuSite;
let browser: FixtureBrowser;
beforeAll(async () => {
  [site, browser] = await Promise.all([openZhihu(), fixtureBrowser()]);
});
afterEach(() => browser.closePages());
afterAll(async () => {
  await browser.close();
  await site.close();
});

const zhihu = zhihuWith(hasty);

/** A page that was led to the wall. */
async function atWall(asks: Partial<ZhihuSite['now']>, page?: Page): Promise<Page> {
  Object.assign(site.now, asks);
  const on = page ?? (await browser.page(site.url));
  await expect(zhihu.checkLogin(on)).rejects.toMatchObject({ code: 'needs_login' });
  await expect(login.isSolved(on)).resolves.toBe(false);
  return on;
}
const solved = (page: Page) => until(() => login.isSolved(page), { timeoutMs: 10_000 });
const scan = async () => (await fetch(site.url + site.desk.qrAddress())).status;
const isKnown = (asked: 'sms' | 'captcha') => until(() => site.desk.code(asked) !== null, { timeoutMs: 10_000 });

test('a scan of the picture solves it, and the same page goes on to publish', async () => {
  const page = await atWall({ signIn: 'qr' });
  const asked = await login.challenge(page);
  expect(asked).toMatchObject({ reason: 'qr', acceptsCode: false });
  expect(await asked?.picture?.isVisible()).toBe(true);
  expect(await until(async () => (await scan()) === 200, { timeoutMs: 10_000 })).toBe(true);
  expect(await solved(page)).toBe(true);

  const post = { title: '登录后', markdown: '正文。', tags: [], cover: null, draftId: null };
  const { draftId } = await zhihu.prepare(page, post);
  await zhihu.commit(page, { draftId, aboutToClick: async () => {} });
  expect(site.articles()).toMatchObject([{ title: post.title, publishes: 1 }]);
});

test('a code of an SMS: a wrong one is refused, the right one accepted', async () => {
  const page = await atWall({ signIn: 'sms_code' });
  await expect(login.challenge(page)).resolves.toMatchObject({ reason: 'sms_code', picture: null, acceptsCode: true });
  expect(await isKnown('sms')).toBe(true);
  await expect(login.answer?.(page, '000000')).resolves.toBe('refused');
  await expect(login.answer?.(page, site.desk.code('sms') ?? '')).resolves.toBe('accepted');
  expect(await solved(page)).toBe(true);
});

test('a captcha of letters is shown and typed as a person sends it; after a wrong answer another picture is asked', async () => {
  const page = await atWall({ challenge: 'letters' }, await browser.page(site.url, site.login()));
  expect(await isKnown('captcha')).toBe(true);
  const asked = await login.challenge(page);
  expect(asked).toMatchObject({ reason: 'captcha', acceptsCode: true });
  expect(await asked?.picture?.isVisible()).toBe(true);
  const first = site.desk.code('captcha');
  await expect(login.answer?.(page, '-')).resolves.toBe('refused');
  expect(await until(() => site.desk.code('captcha') !== first, { timeoutMs: 10_000 })).toBe(true);
  await expect(login.answer?.(page, site.desk.code('captcha') ?? '')).resolves.toBe('accepted');
  expect(await solved(page)).toBe(true);
});

test('a confirmation on the phone needs neither picture nor code; a puzzle is nothing to be answered from afar', async () => {
  const page = await atWall({ signIn: 'phone_confirmation' });
  const asked = { reason: 'phone_confirmation', picture: null, acceptsCode: false };
  await expect(login.challenge(page)).resolves.toMatchObject(asked);
  expect(await until(async () => (await scan()) === 200, { timeoutMs: 10_000 })).toBe(true);
  expect(await solved(page)).toBe(true);
  await atWall({ challenge: 'puzzle' }, page);
  await expect(login.challenge(page)).resolves.toBeNull();
});
