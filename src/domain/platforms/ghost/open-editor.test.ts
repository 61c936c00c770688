import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
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

/** The methods of the saves that a page asks for from now on. */
function savesOf(page: Page): string[] {
  const saves: string[] = [];
  page.on('request', (request) => {
    const isSave = request.method() !== 'GET' && request.url().includes('/ghost/api/admin/posts/');
    if (isSave) saves.push(request.method());
  });
  return saves;
}

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

test.each([
  ['before', async () => {}],
  ['after', (page: Page) => page.locator('[data-test-publish-flow="complete"]').waitFor()],
])('%s Ghost congratulates, the next post is begun from its list, and has nothing of the first', async (_, moment) => {
  const page = await site.page();
  const first = await ghost.prepare(page, aPost({ title: 'The first' }));
  await ghost.commit(page, { draftId: first.draftId, aboutToClick: async () => {} });
  await page.waitForURL('**/#/posts');
  await moment(page);
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

test('one save makes the draft, its id is told at once, and an attempt that ended there is continued', async () => {
  const ids: string[] = [];
  const onDraftId = async (id: string) => {
    ids.push(id);
    expect((await site.stored(id)).html).toBe('<p>Text.</p>');
    throw new Error('the worker died');
  };
  const post = aPost();
  const page = await site.page();
  const saves = savesOf(page);
  await expect(ghost.prepare(page, { ...post, onDraftId })).rejects.toThrow('the worker died');
  expect(saves).toEqual(['POST']);
  const draftId = ids[0] ?? '';
  await expect(ghost.prepare(await site.page(), { ...post, draftId })).resolves.toEqual({ draftId });
  await expect(site.postsTitled(post.title)).resolves.toEqual([{ id: draftId, state: 'draft' }]);
});

test.each([
  ['logged out', { status: 403, json: { errors: [{ message: 'Authorization failed' }] } }, 'needs_login'],
  ['a contributor', { json: { users: [{ id: '1', roles: [{ name: 'Contributor' }] }] } }, 'forbidden'],
])('an account that is %s since its editor was opened has nothing saved', async (_, answer, code) => {
  const page = await site.page();
  await ghost.checkLogin(page);
  const saves = savesOf(page);
  await page.route('**/users/me/**', (route) => route.fulfill(answer));
  await expect(ghost.prepare(page, aPost())).rejects.toMatchObject({ code });
  expect(saves).toEqual([]);
});
