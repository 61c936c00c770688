import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { PostToPrepare } from '../platform.ts';
import { saveDraft } from './editor.ts';
import { wordpress } from './platform.ts';
import { rest } from './rest.ts';
import { openTestSite } from '../../../../test/wordpress-site.ts';
import type { TestSite } from '../../../../test/wordpress-site.ts';

// Whose a draft is, and what becomes of one that somebody else has changed.

let site: TestSite;
beforeAll(async () => {
  site = await openTestSite();
});
afterEach(() => site.closePages());
afterAll(() => site.close());

const aPost = (changes: Partial<PostToPrepare> = {}): PostToPrepare => ({
  title: `Whose ${crypto.randomUUID()}`,
  markdown: 'Text.',
  tags: [],
  cover: null,
  draftId: null,
  ...changes,
});

test('a new post that a failed attempt has begun is not the next publication’s', async () => {
  const page = await site.page();
  const ids: string[] = [];
  const onDraftId = async (id: string) => {
    ids.push(id);
    throw new Error('the cover is refused');
  };
  await expect(wordpress.prepare(page, aPost({ onDraftId }))).rejects.toThrow('refused');
  const { draftId } = await wordpress.prepare(page, aPost());
  expect(ids).not.toContain(draftId);
});

test('who is no longer the one to prepare saves nothing, and neither does who is late', async () => {
  const page = await site.page();
  const post = aPost({ markdown: 'First words.' });
  const { draftId } = await wordpress.prepare(page, post);
  const asked: string[] = [];
  const onDraftId = async (id: string) => {
    if (asked.push(id) > 1) throw new Error('another worker has it');
  };
  const again = { ...post, markdown: 'Late words.', draftId, onDraftId };
  await expect(wordpress.prepare(page, again)).rejects.toThrow('another worker');
  const late = { title: 'Late', blocks: '', tags: [], featured_media: 0 };
  await expect(saveDraft(page, late, { untilMs: Date.now(), answerMs: 5_000 })).rejects.toMatchObject({
    code: 'upstream_failed',
  });
  expect((await site.stored(draftId)).content.raw).toContain('First words.');
});

test('a draft that is gone is told so, and makes no new draft', async () => {
  const post = aPost({ draftId: '99999999' });
  await expect(wordpress.prepare(await site.page(), post)).rejects.toMatchObject({ code: 'draft_gone' });
  await expect(site.postsTitled(post.title)).resolves.toEqual([]);
});

test.each([
  ['in the trash is gone', { query: { _method: 'DELETE' }, fields: {} }, 'draft_gone'],
  ['there, or published, in an editor that fails, is not gone', { fields: { status: 'publish' } }, 'upstream_failed'],
])('a draft that is %s', async (_name, change, code) => {
  const page = await site.page();
  const post = aPost();
  const { draftId } = await wordpress.prepare(page, post);
  await rest(page, { path: `/wp/v2/posts/${draftId}`, ...change }, z.object({ id: z.int() }));
  const other = await site.page();
  await other.route('**/post.php?post=*', (route) => route.fulfill({ status: 500, body: 'no' }));
  await expect(wordpress.prepare(other, { ...post, draftId })).rejects.toMatchObject({ code });
});
