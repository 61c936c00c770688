import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { PostToPrepare } from '../platform.ts';
import { patience } from '../patience.ts';
import { wordpress, wordpressWith } from './platform.ts';
import { rest } from './rest.ts';
import { openTestSite, renameOnSite } from '../../../../test/wordpress-site.ts';
import type { TestSite } from '../../../../test/wordpress-site.ts';
import { visit } from './visit.ts';

let site: TestSite;
beforeAll(async () => {
  site = await openTestSite();
});
afterEach(() => site.closePages());
afterAll(() => site.close());

let made = 0;
const aPost = (changes: Partial<PostToPrepare> = {}): PostToPrepare => {
  made += 1;
  return {
    title: `Prepared ${Date.now()} ${made}`,
    markdown: 'Text.',
    tags: [],
    cover: null,
    draftId: null,
    ...changes,
  };
};
const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const stored = (draftId: string) => site.stored(draftId);
const nameOfTag = async (id: number) => (await site.read(`/wp/v2/tags/${id}`, z.object({ name: z.string() }))).name;

const markdown = `First **bold**, _slanted_, a [link](https://example.com/?a=1&b=2) and \`a <b> && c\`.

## Heading & "quotes" -- 标题

- one
  - one.one
    1. deep
- two

1. first
2. second

> Quoted **words**

\`\`\`js
const a = "<b>&amp;";

  indented(a && b); // [gallery]
\`\`\`

- [x] done

- loose

  \`\`\`
  code in a list
  \`\`\`

A sentence about [gallery ids="1"] and 😀.`;

test('the text arrives as blocks, exactly as written', async () => {
  const { draftId } = await wordpress.prepare(await site.page(), aPost({ markdown }));
  const { content, status } = await stored(draftId);
  expect(status).toBe('draft');
  expect(content.raw).toContain(
    '<p>First <strong>bold</strong>, <em>slanted</em>, a <a href="https://example.com/?a=1&amp;b=2">link</a> and <code>a &lt;b&gt; &amp;&amp; c</code>.</p>',
  );
  expect(content.raw).toContain('<h2 class="wp-block-heading">Heading &amp; "quotes" -- 标题</h2>');
  expect(content.raw).toMatch(
    /<!-- wp:list -->\n<ul>.*?<li>one<!-- wp:list -->\n<ul>.*?<li>one\.one<!-- wp:list \{"ordered":true\} -->\n<ol>.*?<li>deep<\/li>.*?<li>two<\/li>/s,
  );
  expect(content.raw).toMatch(/<!-- wp:list \{"ordered":true\} -->\n<ol>.*?<li>first<\/li>.*?<li>second<\/li>/s);
  expect(content.raw).toMatch(/<blockquote class="wp-block-quote">.*<p>Quoted <strong>words<\/strong><\/p>/s);
  expect(content.raw).toContain(
    '<pre class="wp-block-code"><code>const a = "&lt;b&gt;&amp;amp;";\n\n  indented(a &amp;&amp; b); // &#091;gallery]',
  );
  expect(content.raw).toContain('☑ done');
  expect(content.raw).toContain('<pre><code>code in a list\n</code></pre>');
  expect(content.raw).toMatch(/A sentence about &#0?91;gallery ids="1"\] and 😀\./);
});

test('a title with quotes, entities, tags, emoji and Chinese arrives as these characters', async () => {
  const title = `It's "quoted" -- & <b>5 -minus</b> &amp; 你好，世界 😀 ${Date.now()}`;
  const { draftId } = await wordpress.prepare(await site.page(), aPost({ title: `  ${title.replace(' ', '\n')} ` }));
  expect(await site.postsTitled(title)).toEqual([{ id: draftId, state: 'draft' }]);
});

test('tags arrive as written, whether they were there before or not', async () => {
  const tags = ['AI', 'R&D', 'C++', 'C', '中文 标签', "it's", `new ${Date.now()}`, 'AI'];
  const { draftId } = await wordpress.prepare(await site.page(), aPost({ tags }));
  const names = await Promise.all((await stored(draftId)).tags.map((id) => nameOfTag(id)));
  expect(names.map((name) => name.replace('&amp;', '&').toLowerCase()).sort()).toEqual(
    [...new Set(tags)].map((name) => name.toLowerCase()).sort(),
  );
});

test('a retry continues the draft and replaces all of it: no second draft, no second upload', async () => {
  const page = await site.page();
  const cover = { name: '封面 1.png', contentType: 'image/png', bytes: pixel };
  const post = aPost({ markdown: 'Old words.', tags: ['old'], cover });
  const first = await wordpress.prepare(page, post);
  const before = await stored(first.draftId);
  const again = { ...post, markdown: 'New words.', tags: ['new'], draftId: first.draftId };
  await expect(wordpress.prepare(await site.page(), again)).resolves.toEqual(first);

  const after = await stored(first.draftId);
  expect(after.content.raw).toContain('New words.');
  expect(after.content.raw).not.toContain('Old words.');
  expect(await Promise.all(after.tags.map((id) => nameOfTag(id)))).toEqual(['new']);
  expect(before.featured_media).toBeGreaterThan(0);
  expect(after.featured_media).toBe(before.featured_media);
  await expect(site.postsTitled(post.title)).resolves.toHaveLength(1);

  await wordpress.prepare(page, { ...again, cover: null });
  expect((await stored(first.draftId)).featured_media).toBe(0);
});

test('the cover is the picture that was given', async () => {
  const cover = { name: 'cover.png', contentType: 'image/png', bytes: pixel };
  const { draftId } = await wordpress.prepare(await site.page(), aPost({ cover }));
  const { featured_media: id } = await stored(draftId);
  const media = await site.read(`/wp/v2/media/${id}`, z.object({ source_url: z.string(), post: z.int() }));
  expect(media.post).toBe(Number(draftId));
  expect(Buffer.from(await (await fetch(media.source_url)).arrayBuffer()).equals(pixel)).toBe(true);
});

test('an attempt whose save was cut is continued by its draft id, known before the save', async () => {
  const page = await site.page();
  await page.route(/wp(?:\/|%2F)v2(?:\/|%2F)posts(?:\/|%2F)\d+/, async (route) => {
    if (route.request().method() !== 'POST') return route.fallback();
    await route.fetch();
    return route.abort('connectionreset');
  });
  const ids: string[] = [];
  const post = aPost({ onDraftId: async (id) => void ids.push(id) });
  await expect(wordpress.prepare(page, post)).rejects.toMatchObject({ code: 'upstream_failed' });
  const retried = await wordpress.prepare(await site.page(), { ...post, draftId: ids[0] ?? null });
  expect([...new Set(ids)]).toEqual([retried.draftId]);
  await expect(site.postsTitled(post.title)).resolves.toHaveLength(1);
});

test('a logged-out account is told to log in, before anything else', async () => {
  const page = await site.loggedOutPage();
  const needsLogin = { code: 'needs_login' };
  await expect(wordpress.checkLogin(page)).rejects.toMatchObject(needsLogin);
  await expect(wordpress.prepare(page, aPost())).rejects.toMatchObject(needsLogin);
  await expect(wordpress.prepare(page, aPost({ draftId: '1' }))).rejects.toMatchObject(needsLogin);
  await expect(wordpress.commit(page, { draftId: '1', aboutToClick })).rejects.toMatchObject(needsLogin);
  const search = { draftId: '1', title: 'x', since: new Date(), waitMs: 0 };
  await expect(wordpress.settle(page, search)).rejects.toMatchObject(needsLogin);
  await expect(wordpress.fetchAnalytics(page, ['1'])).rejects.toMatchObject(needsLogin);
});

test('a login that opens the pages and may save nothing is told to log in: WordPress itself would try for ever', async () => {
  const page = await site.page();
  const context = page.context();
  const marker = (await context.cookies()).find(({ name }) => name.startsWith('wordpress_logged_in'));
  if (!marker) throw new Error('there is no such cookie');
  await context.addCookies([{ ...marker, value: 'expired' }]);
  const hasty = wordpressWith({ ...patience, answerMs: 3_000 });
  await expect(hasty.prepare(page, aPost())).rejects.toMatchObject({ code: 'needs_login' });
  await context.addCookies([marker]);
});

test('an account that is logged in passes the check', async () => {
  await expect(wordpress.checkLogin(await site.page())).resolves.toBeUndefined();
});

test('an account that may not publish by itself is refused before anything is written', async () => {
  const admin = await site.as('admin', 'password');
  const username = `contributor-${Date.now()}`;
  const password = 'contributor-password';
  const fields = { username, password, email: `${username}@example.com`, 'roles[]': 'contributor' };
  await visit(admin, 'wp-admin/edit.php', patience.openMs);
  await rest(admin, { path: '/wp/v2/users', fields }, z.object({ id: z.int() }));
  const page = await site.as(username, password);
  await expect(wordpress.prepare(page, aPost())).rejects.toMatchObject({ code: 'forbidden' });
});

test('a draft that went live after all is left as it is, and answered as published without a click', async () => {
  const page = await site.page();
  const post = aPost();
  const { draftId } = await wordpress.prepare(page, post);
  await rest(page, { path: `/wp/v2/posts/${draftId}`, fields: { status: 'publish' } }, z.object({ id: z.int() }));
  const late = await site.page();
  await expect(wordpress.prepare(late, { ...post, markdown: 'New words.', draftId })).resolves.toEqual({ draftId });
  expect((await stored(draftId)).content.raw).not.toContain('New words.');
  await expect(wordpress.commit(late, { draftId, aboutToClick })).resolves.toMatchObject({ postId: draftId });
});

test('an editor without its publish button is selector drift, found before the commit', async () => {
  const page = await site.page();
  await renameOnSite(page, 'editor-post-publish-panel__toggle');
  const hasty = wordpressWith({ ...patience, findMs: 2000 });
  const post = aPost();
  await expect(hasty.prepare(page, post)).rejects.toMatchObject({
    code: 'selector_drift',
    details: { platform: 'wordpress', selector: 'publishToggle' },
  });
  await expect(site.postsTitled(post.title)).resolves.toMatchObject([{ state: 'draft' }]);
});

const aboutToClick = () => Promise.reject(new Error('must not be reached'));
