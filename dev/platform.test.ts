import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { zhihuWith } from '../src/domain/platforms/zhihu/platform.ts';
import { selectors } from '../src/domain/platforms/zhihu/selectors.ts';
import { fixtureBrowser, hasty } from '../test/sites/fixture-browser.ts';
import type { FixtureBrowser } from '../test/sites/fixture-browser.ts';
import { openZhihu } from '../test/sites/zhihu/site.ts';
import type { ZhihuSite } from '../test/sites/zhihu/site.ts';
import { checkPlatform } from './platform/check.ts';
import { reportOf } from './platform/report.ts';

let site: ZhihuSite;
let browser: FixtureBrowser;
beforeAll(async () => {
  [site, browser] = await Promise.all([openZhihu(), fixtureBrowser()]);
});
afterEach(async () => {
  site.rename();
  await browser.closePages();
});
afterAll(async () => {
  await browser.close();
  await site.close();
});

const platform = zhihuWith(hasty);
const post = { title: 'Check', markdown: 'Text.', tags: [], cover: null, aiGenerated: true, draftId: null };
const check = async ({ publish = false } = {}) =>
  checkPlatform(await browser.page(site.url, site.login()), { platform, selectors, post, publish });
const published = () => site.articles().filter(({ publishes }) => publishes > 0).length;

test('an unchanged page is no drift, and nothing is published', async () => {
  const checked = await check();
  expect(checked).toMatchObject({ hasDrifted: false, notMet: expect.arrayContaining(['coverInput']) });
  expect(checked.steps.map(({ name }) => name)).toEqual(['login', 'prepare', 'up to the click', 'settle']);
  expect(published()).toBe(0);
});

test('a candidate that is gone is told while another one holds', async () => {
  site.rename('WriteIndex-titleInput');
  const checked = await check();
  expect(checked.hasDrifted).toBe(false);
  expect(checked.parts).toContainEqual({
    name: 'title',
    matched: [selectors.title[0]],
    dead: [selectors.title[1]],
  });
  expect(reportOf('Zhihu', checked)).toContain('weak  title');
});

test('a part that is gone is drift, and named', async () => {
  site.rename('DraftEditor-root', 'Post-RichText');
  const checked = await check();
  expect(checked.hasDrifted).toBe(true);
  expect(reportOf('Zhihu', checked)).toMatch(/GONE {2}body[^]*DRIFT prepare: no "body" in the page/);
});

test('publishes when it is told to', async () => {
  expect(await check({ publish: true })).toMatchObject({ hasDrifted: false });
  expect(published()).toBe(1);
});
