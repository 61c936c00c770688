/** A short slice of the drift line of `npm run chaos -- publish`: the fixtures, and not every part. */
import { expect, test } from '@jest/globals';
import { drift } from './publish-chaos/drift.ts';
import { namesIn } from './publish-chaos/names-in-selectors.ts';

test('a part of a page that was renamed is drift before the click, and an unchanged page is none', async () => {
  const { seen, holds } = await drift({ every: 4, findMs: 2_500, platforms: ['zhihu', 'xiaohongshu'] });
  expect(`${holds}: ${seen}`).toMatch(/^true: zhihu 3 of 3 .*; xiaohongshu 4 of 4 /);
});

test('for each selector there is a name by which it knows its part', () => {
  expect(namesIn(['.a .b-c[role="button"]', '#d .e', 'x-y[f="true"]', 'g:has-text("发布")', 'h.i[data-j]'])).toEqual([
    'b-c',
    'd',
    'x-y',
    '发布',
    'data-j',
  ]);
});
