import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { fenceClicks } from '../../browsers/click-fence.ts';
import { patience } from '../patience.ts';
import { wordpress, wordpressWith } from './platform.ts';
import { onPublish, openTestSite, renameOnSite } from '../../../../test/wordpress-site.ts';
import type { TestSite } from '../../../../test/wordpress-site.ts';

let site: TestSite;
beforeAll(async () => {
  site = await openTestSite();
});
afterEach(() => site.closePages());
afterAll(() => site.close());

const hasty = wordpressWith({ ...patience, findMs: 2000, answerMs: 2000, pollMs: 50 });
const aboutToClick = jest.fn(() => Promise.resolve());
const tooLate = () => Promise.reject(new Error('the round is over'));
let made = 0;

/** A draft in an open editor, and what is needed to look for it. */
async function aDraft() {
  made += 1;
  const page = await site.page();
  const title = `"Committed" & -sought ${Date.now()} ${made}`;
  const since = new Date();
  const { draftId } = await wordpress.prepare(page, { title, markdown: 'Text.', tags: [], cover: null, draftId: null });
  aboutToClick.mockClear();
  return { page, title, draftId, search: { draftId, title, since, waitMs: 0 } };
}
const live = (postId: string) => ({ outcome: 'published', postId, url: expect.stringMatching(/^http.*committed/) });
const anyError = { code: expect.stringMatching(/^upstream_/) };

test('publishes with one click, says so before, and answers the address that everybody can read', async () => {
  const { page, title, draftId } = await aDraft();
  const posted: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.postData()?.includes('"publish"')) posted.push(request.url());
  });
  const clicks = wordpress.commit(page, {
    draftId,
    aboutToClick: async () => {
      expect(posted).toEqual([]);
      await aboutToClick();
    },
  });
  const { postId, url } = await clicks;
  expect(postId).toBe(draftId);
  expect(aboutToClick).toHaveBeenCalledTimes(1);
  expect(posted).toHaveLength(1);
  expect(await (await fetch(url)).text()).toContain('Text.');
  await expect(site.postsTitled(title)).resolves.toEqual([{ id: draftId, state: 'publish' }]);
});

test('commits from a fresh page, as after a crash of the worker that prepared', async () => {
  const { draftId, title } = await aDraft();
  await expect(wordpress.commit(await site.page(), { draftId, aboutToClick })).resolves.toMatchObject({
    postId: draftId,
  });
  await expect(site.postsTitled(title)).resolves.toHaveLength(1);
});

test('a draft that is already published is answered without a click', async () => {
  const { page, draftId } = await aDraft();
  const published = await wordpress.commit(page, { draftId, aboutToClick });
  aboutToClick.mockClear();
  await expect(wordpress.commit(await site.page(), { draftId, aboutToClick })).resolves.toEqual(published);
  expect(aboutToClick).not.toHaveBeenCalled();
});

test('when aboutToClick refuses, nothing is clicked', async () => {
  const { page, draftId, search } = await aDraft();
  await expect(wordpress.commit(page, { draftId, aboutToClick: tooLate })).rejects.toThrow('the round is over');
  await expect(hasty.settle(page, search)).resolves.toEqual({ outcome: 'not_published' });
});

test('a click that comes after its time publishes nothing, and the next round publishes one post', async () => {
  const { page, title, draftId } = await aDraft();
  const stalled = { draftId, aboutToClick: () => fenceClicks(page, Date.now()) };
  await expect(hasty.commit(page, stalled)).rejects.toMatchObject(anyError);
  await expect(site.postsTitled(title)).resolves.toEqual([{ id: draftId, state: 'draft' }]);
  await expect(wordpress.commit(await site.page(), { draftId, aboutToClick })).resolves.toMatchObject({
    postId: draftId,
  });
  await expect(site.postsTitled(title)).resolves.toEqual([{ id: draftId, state: 'publish' }]);
});

test('an answer that was cut after WordPress stored the post is settled as published, with exactly one post', async () => {
  const { page, title, draftId, search } = await aDraft();
  await onPublish(page, async (route) => {
    await route.fetch();
    await route.abort('connectionreset');
  });
  await expect(wordpress.commit(page, { draftId, aboutToClick })).rejects.toMatchObject(anyError);
  expect(aboutToClick).toHaveBeenCalledTimes(1);
  await expect(wordpress.settle(await site.page(), search)).resolves.toEqual(live(draftId));
  await expect(wordpress.settle(page, { ...search, draftId: null })).resolves.toEqual(live(draftId));
  await expect(site.postsTitled(title)).resolves.toHaveLength(1);
});

test.each([
  ['a request that never arrived', (page: Page) => onPublish(page, (route) => route.abort('connectionreset'))],
  ['a 503 in front of WordPress', (page: Page) => onPublish(page, (route) => route.fulfill({ status: 503 }))],
  ['no answer at all', (page: Page) => onPublish(page, () => Promise.resolve())],
])('%s is an error, settled as not published, and the draft can be published then', async (_, breakSite) => {
  const { page, title, draftId, search } = await aDraft();
  await breakSite(page);
  await expect(hasty.commit(page, { draftId, aboutToClick })).rejects.toMatchObject(anyError);
  const healthy = await site.page();
  await expect(hasty.settle(healthy, search)).resolves.toEqual({ outcome: 'not_published' });
  await expect(hasty.settle(healthy, { ...search, draftId: null })).resolves.toEqual({ outcome: 'not_published' });
  await expect(wordpress.commit(healthy, { draftId, aboutToClick })).resolves.toMatchObject({ postId: draftId });
  await expect(site.postsTitled(title)).resolves.toHaveLength(1);
});

test('a post that WordPress put aside instead of publishing is not called published', async () => {
  const { page, draftId } = await aDraft();
  await onPublish(page, async (route) => {
    const response = await route.fetch({ postData: JSON.stringify({ id: Number(draftId), status: 'pending' }) });
    await route.fulfill({ response });
  });
  await expect(wordpress.commit(page, { draftId, aboutToClick })).rejects.toMatchObject({
    code: 'upstream_rejected',
    details: { status: 'pending' },
  });
  const search = { draftId, title: 'any', since: new Date(0), waitMs: 0 };
  await expect(wordpress.settle(page, search)).resolves.toMatchObject({
    outcome: 'unknown',
    reason: expect.stringContaining('"pending"'),
  });
});

test('a publish panel that has changed is selector drift: no click, still a draft', async () => {
  const { draftId, title } = await aDraft();
  const page = await site.page();
  await renameOnSite(page, 'editor-post-publish-panel__header-publish-button', 'editor-post-publish-button');
  await expect(hasty.commit(page, { draftId, aboutToClick })).rejects.toMatchObject({
    code: 'selector_drift',
    details: { platform: 'wordpress', selector: 'publishButton' },
  });
  expect(aboutToClick).not.toHaveBeenCalled();
  await expect(site.postsTitled(title)).resolves.toEqual([{ id: draftId, state: 'draft' }]);
});

test('an older post of the same title is not taken for the one that is sought', async () => {
  const { page, draftId, search } = await aDraft();
  await wordpress.commit(page, { draftId, aboutToClick });
  const later = { ...search, draftId: null, since: new Date(Date.now() + 3_600_000) };
  await expect(hasty.settle(page, later)).resolves.toEqual({ outcome: 'not_published' });
});

test('a post that appears while settle waits is found', async () => {
  const { page, draftId, search } = await aDraft();
  const other = await site.page();
  const [settled] = await Promise.all([
    hasty.settle(other, { ...search, waitMs: 30_000 }),
    wordpress.commit(page, { draftId, aboutToClick }),
  ]);
  expect(settled).toEqual(live(draftId));
});

test('a site that cannot be read leaves the outcome unknown', async () => {
  const { page, search } = await aDraft();
  await page.route('**/*', (route) => route.abort('connectionrefused'));
  await expect(hasty.settle(page, search)).resolves.toMatchObject({ outcome: 'unknown' });
  await page.unrouteAll();
  await renameOnSite(page, 'the-list');
  await expect(hasty.settle(page, { ...search, draftId: null })).resolves.toMatchObject({ outcome: 'unknown' });
});
