import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import sharp from 'sharp';
import type { PostToPrepare } from '../platform.ts';
import { fixtureBrowser, hasty } from '../../../../test/sites/fixture-browser.ts';
import type { FixtureBrowser } from '../../../../test/sites/fixture-browser.ts';
import { openZhihu } from '../../../../test/sites/zhihu/site.ts';
import type { ZhihuSite } from '../../../../test/sites/zhihu/site.ts';
import { zhihuWith } from './platform.ts';

let site: ZhihuSite;
let browser: FixtureBrowser;
let honest: ZhihuSite['now'];
beforeAll(async () => {
  [site, browser] = await Promise.all([openZhihu(), fixtureBrowser()]);
  honest = { ...site.now };
});
afterEach(async () => {
  Object.assign(site.now, honest);
  await browser.closePages();
});
afterAll(async () => {
  await browser.close();
  await site.close();
});

const zhihu = zhihuWith(hasty);
const page = () => browser.page(site.url, site.login());
let made = 0;
const aPost = (changes: Partial<PostToPrepare> = {}): PostToPrepare => {
  made += 1;
  return { title: `文章 ${made} <b> & "引号"`, markdown: '正文。', tags: [], cover: null, draftId: null, ...changes };
};
const stored = (draftId: string) => site.articles().find(({ id }) => id === draftId);
const noClick = () => Promise.reject(new Error('clicked'));

test('text, cover and the declaration of AI are in the draft, and the id is told before the text is written', async () => {
  const bytes = await sharp({ create: { width: 20, height: 20, channels: 3, background: 'red' } })
    .jpeg()
    .toBuffer();
  const onDraftId = jest.fn(async (draftId: string) => expect(stored(draftId)?.content).toBe(''));
  const post = aPost({
    markdown:
      '# 标题\n\n一、**粗** [链接](https://example.com/?a=1&b=2)\n\n- a\n  - b\n\n![图](https://example.com/a.png)',
    cover: { name: 'a.jpg', contentType: 'image/jpeg', bytes },
    aiGenerated: true,
    onDraftId,
  });
  const { draftId } = await zhihu.prepare(await page(), { ...post, markdown: post.markdown.replace('# ', '## ') });
  expect(onDraftId).toHaveBeenCalledWith(draftId);
  expect(stored(draftId)).toMatchObject({
    title: post.title,
    declaration: expect.stringContaining('AI'),
    titleImage: expect.stringMatching(/^\/uploaded\//),
    content: expect.stringContaining('<strong>粗</strong>'),
    publishes: 0,
  });
  expect(site.uploads.at(-1)).toEqual(bytes);

  await zhihu.prepare(await page(), aPost({ title: post.title, draftId }));
  expect(stored(draftId)).toMatchObject({ titleImage: '', content: '<p>正文。</p>' });
});

test.each(['button', 'role', 'panel'] as const)('publishes by the "%s" form of the last button', async (form) => {
  site.now.form = form;
  const { draftId } = await zhihu.prepare(await page(), aPost());
  await expect(zhihu.commit(await page(), { draftId, aboutToClick: async () => {} })).resolves.toEqual({
    postId: draftId,
    url: `${site.url}/p/${draftId}`,
  });
  expect(stored(draftId)).toMatchObject({ publishes: 1 });
});

test.each(['qr', 'sms_code', 'phone_confirmation', 'expired'] as const)(
  'a login page that asks for "%s" is told by that reason',
  async (reason) => {
    site.now.signIn = reason;
    await expect(zhihu.checkLogin(await browser.page(site.url))).rejects.toMatchObject({
      code: 'needs_login',
      details: { platform: 'zhihu', reason },
    });
  },
);

test('a captcha stops everything: no text is written, and nobody clicks', async () => {
  const { draftId } = await zhihu.prepare(await page(), aPost());
  site.now.challenge = 'puzzle';
  const captcha = { code: 'needs_login', details: { reason: 'captcha' } };
  await expect(zhihu.prepare(await page(), aPost())).rejects.toMatchObject(captcha);
  await expect(zhihu.commit(await page(), { draftId, aboutToClick: noClick })).rejects.toMatchObject(captcha);
  expect(stored(draftId)).toMatchObject({ publishes: 0 });
});

test('an article that zhihu looks at first is published when it is public, and unknown until then', async () => {
  const { draftId } = await zhihu.prepare(await page(), aPost());
  site.now.reviewMs = 3_600_000;
  const impatient = zhihuWith({ ...hasty, answerMs: 200 });
  const committed = impatient.commit(await page(), { draftId, aboutToClick: async () => {} });
  await expect(committed).rejects.toMatchObject({ code: expect.stringMatching(/^upstream_/) });
  const search = { draftId, title: 'any', since: new Date(), waitMs: 0 };
  await expect(zhihu.settle(await page(), search)).resolves.toMatchObject({
    outcome: 'unknown',
    reason: expect.stringContaining('reviewing'),
  });
  site.now.reviewMs = 0;
  await expect(zhihu.settle(await page(), search)).resolves.toMatchObject({ outcome: 'published', postId: draftId });
  expect(stored(draftId)).toMatchObject({ publishes: 1 });
});

test('an error page after the article was stored is settled as published, one before as not published', async () => {
  const { draftId } = await zhihu.prepare(await page(), aPost());
  const search = { draftId, title: 'any', since: new Date(), waitMs: 0 };
  const upstream = { code: expect.stringMatching(/^upstream_/) };
  site.now.publishFault = 'refused before it is stored';
  await expect(zhihu.commit(await page(), { draftId, aboutToClick: async () => {} })).rejects.toMatchObject(upstream);
  await expect(zhihu.settle(await page(), search)).resolves.toEqual({ outcome: 'not_published' });
  site.now.publishFault = 'error page after it is stored';
  await expect(zhihu.commit(await page(), { draftId, aboutToClick: async () => {} })).rejects.toMatchObject(upstream);
  await expect(zhihu.settle(await page(), search)).resolves.toMatchObject({ outcome: 'published' });
});

test('an article that is public already is answered without a click', async () => {
  const { draftId } = await zhihu.prepare(await page(), aPost());
  await zhihu.commit(await page(), { draftId, aboutToClick: async () => {} });
  await expect(zhihu.prepare(await page(), aPost({ draftId }))).resolves.toEqual({ draftId });
  await expect(zhihu.commit(await page(), { draftId, aboutToClick: noClick })).resolves.toMatchObject({
    postId: draftId,
  });
  expect(stored(draftId)).toMatchObject({ publishes: 1 });
});

test('a draft that has gone is told so, and a text that did not arrive is drift', async () => {
  await expect(zhihu.prepare(await page(), aPost({ draftId: '1' }))).rejects.toMatchObject({ code: 'draft_gone' });
  site.now.losesSaves = true;
  await expect(zhihu.prepare(await page(), aPost())).rejects.toMatchObject({
    code: 'selector_drift',
    details: { platform: 'zhihu', selector: expect.stringContaining('stored') },
  });
});

test('numbers are read page by page, until all are found', async () => {
  const ids: string[] = [];
  for (const at of [1, 2, 3]) {
    const { draftId } = await zhihu.prepare(await page(), aPost({ markdown: `${at}` }));
    await zhihu.commit(await page(), { draftId, aboutToClick: async () => {} });
    ids.push(draftId);
  }
  const numbers = await zhihu.fetchAnalytics(await page(), [...ids, '1']);
  expect(numbers).toEqual(ids.map((postId) => ({ postId, views: Number(postId) % 1000, comments: 3 })));
});
