import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { patience } from '../patience.ts';
import { ghost, ghostWith } from './platform.ts';
import { onPublish, openTestSite, renameOnSite } from '../../../../test/ghost-site.ts';
import type { TestSite } from '../../../../test/ghost-site.ts';

let site: TestSite;
beforeAll(async () => {
  site = await openTestSite();
});
afterEach(() => site.closePages());
afterAll(() => site.close());

const hasty = ghostWith({ ...patience, findMs: 2000, answerMs: 2000, pollMs: 50 });
const aboutToClick = jest.fn(() => Promise.resolve());
const tooLate = () => Promise.reject(new Error('the round is over'));
let made = 0;

/** A draft in an open editor, and what is needed to look for it. */
async function aDraft({ words = '"Committed" & -sought', markdown = 'Text.' } = {}) {
  made += 1;
  const page = await site.page();
  const title = `${words} ${Date.now()} ${made}`;
  const since = new Date();
  const { draftId } = await ghost.prepare(page, { title, markdown, tags: [], cover: null, draftId: null });
  aboutToClick.mockClear();
  return { page, title, draftId, search: { draftId, title, since, waitMs: 0 } };
}
const live = (postId: string) => ({ outcome: 'published', postId, url: expect.stringMatching(/^http.*committed/) });
const anyError = { code: expect.stringMatching(/^upstream_/) };

test('publishes with one click, says so before, and answers the address that everybody can read', async () => {
  const { page, title, draftId } = await aDraft();
  const sent: string[] = [];
  page.on('request', (request) => {
    if (request.postData()?.includes('"status":"published"')) sent.push(request.url());
  });
  const { postId, url } = await ghost.commit(page, {
    draftId,
    aboutToClick: async () => {
      expect(sent).toEqual([]);
      await aboutToClick();
    },
  });
  expect(postId).toBe(draftId);
  expect(aboutToClick).toHaveBeenCalledTimes(1);
  expect(sent).toHaveLength(1);
  expect(await (await fetch(url)).text()).toContain('Text.');
  await expect(site.postsTitled(title)).resolves.toEqual([{ id: draftId, state: 'published' }]);
});

test('commits from a fresh page, as after a crash of the worker that prepared', async () => {
  const { draftId, title } = await aDraft();
  await expect(ghost.commit(await site.page(), { draftId, aboutToClick })).resolves.toMatchObject({ postId: draftId });
  await expect(site.postsTitled(title)).resolves.toHaveLength(1);
});

test('a title in any signs is found again by title and time', async () => {
  const { page, draftId, search } = await aDraft({ words: `Committed: it's "-- <b>5</b> &amp; 你好，世界 😀` });
  await ghost.commit(page, { draftId, aboutToClick });
  await expect(hasty.settle(page, { ...search, draftId: null })).resolves.toEqual(live(draftId));
});

test('a text that Ghost takes for unfinished, because of the letters TK, is published', async () => {
  const { page, draftId } = await aDraft({ markdown: 'The TK gene.' });
  await expect(ghost.commit(page, { draftId, aboutToClick })).resolves.toMatchObject({ postId: draftId });
});

test('a site that mails its posts to its readers publishes ours on the site alone', async () => {
  await site.change('POST', 'members/', { members: [{ email: `reader-${Date.now()}@example.com` }] });
  const mailer = { mailgun_domain: 'example.com', mailgun_api_key: 'key', mailgun_base_url: 'http://127.0.0.1:9/v3' };
  const settings = Object.entries(mailer).map(([key, value]) => ({ key, value }));
  await site.change('PUT', 'settings/', { settings });
  const { page, draftId } = await aDraft();
  const sent: string[] = [];
  page.on('request', (request) => {
    if (request.postData()?.includes('"status":"published"')) sent.push(request.url());
  });
  await ghost.commit(page, { draftId, aboutToClick });
  await site.change('PUT', 'settings/', { settings: settings.map(({ key }) => ({ key, value: null })) });
  expect(sent).toEqual([expect.not.stringContaining('newsletter=')]);
});

test('a draft that is already published is answered without a click, and left as it is', async () => {
  const { page, title, draftId } = await aDraft();
  const published = await ghost.commit(page, { draftId, aboutToClick });
  aboutToClick.mockClear();
  const late = await site.page();
  await ghost.prepare(late, { title, markdown: 'New words.', tags: [], cover: null, draftId });
  expect((await site.stored(draftId)).html).toBe('<p>Text.</p>');
  await expect(ghost.commit(late, { draftId, aboutToClick })).resolves.toEqual(published);
  expect(aboutToClick).not.toHaveBeenCalled();
});

test('when aboutToClick refuses, nothing is clicked', async () => {
  const { page, draftId, search } = await aDraft();
  await expect(ghost.commit(page, { draftId, aboutToClick: tooLate })).rejects.toThrow('the round is over');
  await expect(hasty.settle(page, search)).resolves.toEqual({ outcome: 'not_published' });
});

test('an answer that was cut after Ghost stored the post is settled as published, with exactly one post', async () => {
  const { page, title, draftId, search } = await aDraft();
  await onPublish(page, async (route) => {
    await route.fetch();
    await route.abort('connectionreset');
  });
  await expect(ghost.commit(page, { draftId, aboutToClick })).rejects.toMatchObject(anyError);
  expect(aboutToClick).toHaveBeenCalledTimes(1);
  await expect(ghost.settle(await site.page(), search)).resolves.toEqual(live(draftId));
  await expect(ghost.settle(page, { ...search, draftId: null })).resolves.toEqual(live(draftId));
  await expect(site.postsTitled(title)).resolves.toHaveLength(1);
});

test.each([
  ['a request that never arrived', (page: Page) => onPublish(page, (route) => route.abort('connectionreset'))],
  ['a 503 in front of Ghost', (page: Page) => onPublish(page, (route) => route.fulfill({ status: 503 }))],
  ['no answer at all', (page: Page) => onPublish(page, () => Promise.resolve())],
])('%s is an error, settled as not published, and the draft can be published then', async (_, breakSite) => {
  const { page, title, draftId, search } = await aDraft();
  await breakSite(page);
  await expect(hasty.commit(page, { draftId, aboutToClick })).rejects.toMatchObject(anyError);
  const healthy = await site.page();
  await expect(hasty.settle(healthy, search)).resolves.toEqual({ outcome: 'not_published' });
  await expect(hasty.settle(healthy, { ...search, draftId: null })).resolves.toEqual({ outcome: 'not_published' });
  await expect(ghost.commit(healthy, { draftId, aboutToClick })).resolves.toMatchObject({ postId: draftId });
  await expect(site.postsTitled(title)).resolves.toHaveLength(1);
});

test('a post that Ghost put aside instead of publishing is not called published', async () => {
  const { page, draftId } = await aDraft();
  const inAYear = new Date(Date.now() + 365 * 86_400_000).toISOString();
  await onPublish(page, async (route) => {
    const { posts } = route.request().postDataJSON();
    const scheduled = { posts: [{ ...posts[0], status: 'scheduled', published_at: inAYear }] };
    await route.continue({ postData: JSON.stringify(scheduled) });
  });
  await expect(ghost.commit(page, { draftId, aboutToClick })).rejects.toMatchObject({
    code: 'upstream_rejected',
    details: { status: 'scheduled' },
  });
  const search = { draftId, title: 'any', since: new Date(0), waitMs: 0 };
  await expect(ghost.settle(page, search)).resolves.toMatchObject({
    outcome: 'unknown',
    reason: expect.stringContaining('"scheduled"'),
  });
  await expect(ghost.commit(page, { draftId, aboutToClick })).rejects.toMatchObject({ code: 'conflict' });
});

test.each([
  ['publishStep', ['data-test-publish-flow', 'data-test-button']],
  ['continue', ['data-test-button']],
  ['publishType', ['data-test-setting']],
  ['confirm', ['confirm-publish']],
])('a publish flow without its %s is selector drift: no click, still a draft', async (selector, names) => {
  const { draftId, title } = await aDraft();
  const page = await site.page();
  await renameOnSite(page, ...names);
  await expect(hasty.commit(page, { draftId, aboutToClick })).rejects.toMatchObject({
    code: 'selector_drift',
    details: { platform: 'ghost', selector },
  });
  expect(aboutToClick).not.toHaveBeenCalled();
  await expect(site.postsTitled(title)).resolves.toEqual([{ id: draftId, state: 'draft' }]);
});

test('an older post of the same title is not taken for the one that is sought', async () => {
  const { page, draftId, search } = await aDraft();
  await ghost.commit(page, { draftId, aboutToClick });
  const later = { ...search, draftId: null, since: new Date(Date.now() + 3_600_000) };
  await expect(hasty.settle(page, later)).resolves.toEqual({ outcome: 'not_published' });
});

test('a post that appears while settle waits is found', async () => {
  const { page, draftId, search } = await aDraft();
  const other = await site.page();
  const [settled] = await Promise.all([
    hasty.settle(other, { ...search, waitMs: 30_000 }),
    ghost.commit(page, { draftId, aboutToClick }),
  ]);
  expect(settled).toEqual(live(draftId));
});

test('a site that cannot be read leaves the outcome unknown', async () => {
  const { page, search } = await aDraft();
  await page.route('**/*', (route) => route.abort('connectionrefused'));
  await expect(hasty.settle(page, search)).resolves.toMatchObject({ outcome: 'unknown' });
  await page.unrouteAll();
  await page.route('**/api/admin/posts/**', (route) => route.fulfill({ body: '<html>Be right back</html>' }));
  await expect(hasty.settle(page, { ...search, draftId: null })).resolves.toMatchObject({ outcome: 'unknown' });
});

test('there are no numbers to collect, and none are made up', async () => {
  expect(await ghost.fetchAnalytics(await site.page(), ['0123456789abcdef01234567'])).toEqual([]);
});
