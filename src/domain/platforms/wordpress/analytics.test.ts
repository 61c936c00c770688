import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { wordpress } from './platform.ts';
import { openTestSite, renameOnSite } from '../../../../test/wordpress-site.ts';
import type { TestSite } from '../../../../test/wordpress-site.ts';

let site: TestSite;
let postId: string;
let url: string;
beforeAll(async () => {
  site = await openTestSite();
  const page = await site.page();
  const post = { title: `Counted ${Date.now()}`, markdown: 'Text.', tags: [], cover: null, draftId: null };
  const draft = await wordpress.prepare(page, post);
  ({ postId, url } = await wordpress.commit(page, { ...draft, aboutToClick: () => Promise.resolve() }));
});
afterEach(() => site.closePages());
afterAll(() => site.close());

test('counts the views and comments of the posts asked for, and leaves out what is not there', async () => {
  for (let visits = 0; visits < 3; visits += 1) await (await fetch(url)).text();
  await site.comment(postId, 'A comment');
  await expect(wordpress.fetchAnalytics(await site.page(), ['99999999', postId])).resolves.toEqual([
    { postId, views: 3, comments: 1 },
  ]);
});

test('asks nothing of the site when nothing is wanted', async () => {
  await expect(wordpress.fetchAnalytics(await site.loggedOutPage(), [])).resolves.toEqual([]);
});

test('a list that counts no views is selector drift, not a zero', async () => {
  const page = await site.page();
  await renameOnSite(page, 'column-demo_views');
  await expect(wordpress.fetchAnalytics(page, [postId])).rejects.toMatchObject({
    code: 'selector_drift',
    details: { platform: 'wordpress', selector: 'viewsColumn' },
  });
});
