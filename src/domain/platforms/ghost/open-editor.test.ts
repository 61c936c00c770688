import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { openTestSite } from '../../../../test/ghost-site.ts';
import type { TestSite } from '../../../../test/ghost-site.ts';
import { ghost } from './platform.ts';

let site: TestSite;
beforeAll(async () => {
  site = await openTestSite();
});
afterEach(() => site.closePages());
afterAll(() => site.close());

const aPost = (changes: { title?: string; draftId?: string } = {}) => {
  return { title: `Opened ${Date.now()}`, markdown: 'Text.', tags: [], cover: null, draftId: null, ...changes };
};

test('an editor that was opened ahead of time is used, and one that another page has outdated is not', async () => {
  const page = await site.page();
  await ghost.checkLogin(page);
  let visits = 0;
  page.on('request', (request) => void (visits += request.isNavigationRequest() ? 1 : 0));
  const { draftId } = await ghost.prepare(page, aPost());
  expect(visits).toBe(0);

  await ghost.prepare(await site.page(), aPost({ title: 'Written elsewhere', draftId }));
  const { postId } = await ghost.commit(page, { draftId, aboutToClick: async () => {} });
  expect(await site.stored(postId)).toMatchObject({ title: 'Written elsewhere', status: 'published' });
});

test('after a post the next one is begun from the list, without another load, and has nothing of the first', async () => {
  const page = await site.page();
  const first = await ghost.prepare(page, aPost({ title: 'The first' }));
  await ghost.commit(page, { draftId: first.draftId, aboutToClick: async () => {} });
  await page.waitForURL('**/#/posts');
  let loads = 0;
  page.on('request', (request) => void (loads += request.isNavigationRequest() ? 1 : 0));
  await ghost.checkLogin(page);
  const second = await ghost.prepare(page, aPost({ title: 'The second' }));
  await ghost.commit(page, { draftId: second.draftId, aboutToClick: async () => {} });
  expect(loads).toBe(0);
  expect(second.draftId).not.toBe(first.draftId);
  expect(await site.stored(first.draftId)).toMatchObject({ title: 'The first', status: 'published' });
  expect(await site.stored(second.draftId)).toMatchObject({ title: 'The second', status: 'published' });
});
