import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { PostToPrepare } from '../platform.ts';
import { fixtureBrowser, hasty } from '../../../../test/sites/fixture-browser.ts';
import type { FixtureBrowser } from '../../../../test/sites/fixture-browser.ts';
import { openXiaohongshu } from '../../../../test/sites/xiaohongshu/site.ts';
import type { XiaohongshuSite } from '../../../../test/sites/xiaohongshu/site.ts';
import { xiaohongshuWith } from './platform.ts';

let site: XiaohongshuSite;
let browser: FixtureBrowser;
let honest: XiaohongshuSite['now'];
beforeAll(async () => {
  [site, browser] = await Promise.all([openXiaohongshu(), fixtureBrowser()]);
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

const late = { listLagMs: 600_000, lookMs: 0 };
const xiaohongshu = xiaohongshuWith(hasty, late);
const page = () => browser.page(site.url, site.login());
const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const picture = (name: string) => ({ name, contentType: 'image/png', bytes: pixel });
let made = 0;
const aPost = (changes: Partial<PostToPrepare> = {}): PostToPrepare => {
  made += 1;
  const post = { title: `笔记 ${made}`, markdown: `正文 ${made}。`, tags: [], cover: picture('a.png'), draftId: null };
  return { ...post, ...changes };
};
const yes = async () => {};
const no = () => Promise.reject(new Error('clicked'));
const sought = (content: PostToPrepare, since = new Date()) => ({
  draftId: null,
  title: content.title,
  content,
  since,
  waitMs: 0,
});
const called = (title: string) => site.notes.all().filter((note) => note.title === title);
const upstream = { code: expect.stringMatching(/^upstream_/) };

test('a note has its title, plain text, topics, pictures in their order and the declaration of AI', async () => {
  const post = aPost({
    title: '周末去哪儿 weekend',
    markdown: '# 第一段\n\n- **一**\n- [二](https://example.com/)\n\n![图](https://example.com/b.png)',
    tags: ['猫', '旅行日记', 'cats'],
    images: [picture('b.png')],
    aiGenerated: true,
  });
  const on = await page();
  const before = site.uploads.length;
  await xiaohongshu.prepare(on, post);
  expect(site.uploads).toHaveLength(before + 2);
  const { postId, url } = await xiaohongshu.commit(on, { draftId: null, content: post, aboutToClick: yes });
  expect(url).toBe(`${site.url}/explore/${postId}`);
  expect(site.notes.find(postId)).toMatchObject({
    title: post.title,
    topics: post.tags,
    images: [`file-${before + 1}`, `file-${before + 2}`],
    declaration: '笔记含AI合成内容',
    scheduled: false,
    desc: expect.stringMatching(/^第一段\s+• 一\s+• 二\s+#猫/),
  });
});

test.each(['shadow', 'button', 'ce'] as const)('publishes by the "%s" form of the last button', async (form) => {
  site.now.form = form;
  const on = await page();
  const post = aPost();
  await xiaohongshu.prepare(on, post);
  await xiaohongshu.commit(on, { draftId: null, content: post, aboutToClick: yes });
  expect(called(post.title)).toHaveLength(1);
});

test.each(['qr', 'sms_code', 'captcha', 'expired'] as const)(
  'a login page that asks for "%s" is told by that reason',
  async (login) => {
    site.now.login = login;
    await expect(xiaohongshu.checkLogin(await browser.page(site.url))).rejects.toMatchObject({
      code: 'needs_login',
      details: { platform: 'xiaohongshu', reason: login },
    });
  },
);

test('a page that warns the account stops everything', async () => {
  site.now.risk = '300017';
  const warned = { code: 'risk_signal', details: { signal: 'error_code=300017' } };
  await expect(xiaohongshu.prepare(await page(), aPost())).rejects.toMatchObject(warned);
  await expect(xiaohongshu.settle(await page(), sought(aPost()))).rejects.toMatchObject(warned);
});

test('a page that does not hold what was filled in is a conflict before the click', async () => {
  const post = aPost();
  const conflict = { code: 'conflict' };
  const commit = async (on: Awaited<ReturnType<typeof page>>, content: PostToPrepare | null) =>
    xiaohongshu.commit(on, { draftId: null, ...(content && { content }), aboutToClick: no });

  await expect(commit(await page(), post)).rejects.toMatchObject(conflict); // another session: nothing was filled in
  const on = await page();
  await xiaohongshu.prepare(on, post);
  await expect(commit(on, null)).rejects.toMatchObject(conflict);
  await expect(commit(on, { ...post, markdown: 'Edited.' })).rejects.toMatchObject(conflict);
  await xiaohongshu.checkLogin(on); // another job of the account was in this page
  await expect(commit(on, post)).rejects.toMatchObject(conflict);
  expect(called(post.title)).toEqual([]);
});

test('the request that makes the note leaves the browser once, though the page and the browser would repeat it', async () => {
  site.now.publishFault = 'answer cut';
  const [on, post, since] = [await page(), aPost(), new Date()];
  await xiaohongshu.prepare(on, post);
  const before = site.now.creates;
  await expect(xiaohongshu.commit(on, { draftId: null, content: post, aboutToClick: yes })).rejects.toMatchObject(
    upstream,
  );
  await expect(xiaohongshu.settle(on, sought(post, since))).resolves.toMatchObject({ outcome: 'published' });
  expect(site.now.creates).toBe(before + 1);
  expect(called(post.title)).toHaveLength(1);
});

test('the same page goes on to publish the next note', async () => {
  const on = await page();
  for (const post of [aPost(), aPost()]) {
    await xiaohongshu.prepare(on, post);
    await xiaohongshu.commit(on, { draftId: null, content: post, aboutToClick: yes });
    expect(called(post.title)).toHaveLength(1);
  }
});

test('while the list may lag, an absent note is unknown, never "not published"', async () => {
  const [on, post, since] = [await page(), aPost(), new Date()];
  await xiaohongshu.prepare(on, post);
  Object.assign(site.now, { publishFault: 'error page after it is stored', listLagMs: 1_500 });
  await expect(xiaohongshu.commit(on, { draftId: null, content: post, aboutToClick: yes })).rejects.toMatchObject(
    upstream,
  );
  await expect(xiaohongshu.settle(on, sought(post, since))).resolves.toMatchObject({
    outcome: 'unknown',
    reason: expect.stringContaining('may be late'),
  });
  const patient = xiaohongshuWith(hasty, { listLagMs: 600_000, lookMs: 20_000 });
  await expect(patient.settle(on, sought(post, since))).resolves.toMatchObject({ outcome: 'published' });
  expect(called(post.title)).toHaveLength(1);
});

test('when the list can lag no longer, absent is "not published"', async () => {
  const [on, post] = [await page(), aPost()];
  await xiaohongshu.prepare(on, post);
  site.now.publishFault = 'refused before it is stored';
  await expect(xiaohongshu.commit(on, { draftId: null, content: post, aboutToClick: yes })).rejects.toMatchObject(
    upstream,
  );
  const longAgo = new Date(Date.now() - late.listLagMs - 1);
  await expect(xiaohongshu.settle(on, sought(post, longAgo))).resolves.toEqual({ outcome: 'not_published' });
});

test('a refusal in words is no success', async () => {
  site.now.publishFault = 'refused';
  const [on, post] = [await page(), aPost()];
  await xiaohongshu.prepare(on, post);
  await expect(xiaohongshu.commit(on, { draftId: null, content: post, aboutToClick: yes })).rejects.toMatchObject(
    upstream,
  );
});

test('a note is told apart by its text: another of the same title, older or newer, is not taken for it', async () => {
  const post = aPost();
  const other = {
    title: post.title,
    desc: 'Another text.',
    topics: [],
    images: ['a'],
    declaration: '',
    scheduled: false,
  };
  site.notes.add(other);
  site.notes.add({ ...other, desc: post.markdown }, Date.now() - 3_600_000);
  site.now.titleLagMs = 0;
  await expect(xiaohongshu.settle(await page(), sought(post))).resolves.toMatchObject({ outcome: 'unknown' });
});

test('a title that the page calls too long, and a post without a picture, are refused before the click', async () => {
  const tooLong = aPost({ title: '一二三四五六七八九十一二三四五六七八九十一' });
  await expect(xiaohongshu.prepare(await page(), tooLong)).rejects.toMatchObject({
    code: 'unprocessable',
    details: { field: 'title' },
  });
  await expect(xiaohongshu.prepare(await page(), aPost({ cover: null }))).rejects.toMatchObject({
    code: 'unprocessable',
    details: { field: 'images' },
  });
});

test('numbers are read from the answers to the page’s own requests, page by page', async () => {
  const [newest, , oldest] = site.notes.all();
  const wanted = [newest?.id ?? '', oldest?.id ?? '', '123456789'];
  await expect(xiaohongshu.fetchAnalytics(await page(), wanted)).resolves.toEqual(
    wanted.slice(0, 2).map((postId) => ({ postId, views: 41, comments: 2 })),
  );
});
