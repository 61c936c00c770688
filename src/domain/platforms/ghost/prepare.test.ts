import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { patience } from '../patience.ts';
import type { PostToPrepare } from '../platform.ts';
import { ghost, ghostWith } from './platform.ts';
import { openTestSite, renameOnSite } from '../../../../test/ghost-site.ts';
import type { TestSite } from '../../../../test/ghost-site.ts';

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
const gone = '0123456789abcdef01234567';
const stored = (draftId: string) => site.stored(draftId);
const tagsOf = async (draftId: string) => (await stored(draftId)).tags.map(({ name }) => name);
const hasty = ghostWith({ ...patience, findMs: 5000 }); // the text's part of the editor is loaded last

const markdown = `First **bold [inside](https://example.com/in)**, _slanted_, ~~gone~~, a [link](https://example.com/?a=1&b=2) and \`a <b> && c\`.

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

> two
>
> paragraphs

| a   | b     |
| --- | ----- |
| c   | **d** |

![alt words](https://example.com/a.png)

- [x] done

- loose

  \`\`\`
  code in a list
  \`\`\`

A sentence about [gallery ids="1"] and 😀.`;

test('the text arrives as paragraphs and cards, exactly as written', async () => {
  const { draftId } = await ghost.prepare(await site.page(), aPost({ markdown }));
  const { html, status } = await stored(draftId);
  expect(status).toBe('draft');
  expect(html).toContain(
    '<p>First <strong>bold </strong><a href="https://example.com/in"><strong>inside</strong></a>, <em>slanted</em>, <s>gone</s>, a <a href="https://example.com/?a=1&amp;b=2">link</a> and <code>a &lt;b&gt; &amp;&amp; c</code>.</p>',
  );
  expect(html).toMatch(/<h2 id="[^"]*">Heading &amp; "quotes" -- 标题<\/h2>/);
  expect(html).toContain('<ul><li>one<ul><li>one.one<ol><li>deep</li></ol></li></ul></li><li>two</li></ul>');
  expect(html).toContain('<ol><li>first</li><li>second</li></ol>');
  expect(html).toContain('<blockquote>Quoted <strong>words</strong></blockquote>');
  expect(html).toContain(
    '<pre><code class="language-js">const a = "&lt;b&gt;&amp;amp;";\n\n  indented(a &amp;&amp; b); // [gallery]',
  );
  expect(html).toMatch(/<!--kg-card-begin: html-->\n<blockquote>\n<p>two<\/p>\n<p>paragraphs<\/p>/);
  expect(html).toMatch(/<!--kg-card-begin: html-->\n<table>/);
  expect(html).toMatch(/<img src="https:\/\/example\.com\/a\.png"[^>]* alt="alt words"/);
  expect(html).toContain('☑ done');
  expect(html).toContain('<pre><code>code in a list\n</code></pre>');
  expect(html).toContain('A sentence about [gallery ids="1"] and 😀.');
});

test('what the editor would change is given to it as cards', async () => {
  const text =
    '![](https://example.com/a.png)[![b](https://example.com/b.png)](https://example.com) word[^1]\n\n[^1]: Note.';
  const { draftId } = await ghost.prepare(await site.page(), aPost({ markdown: text }));
  expect((await stored(draftId)).html).toMatch(/<a href="https:\/\/example\.com"><img[^>]*><\/a> word<sup>.*Note\./s);
});

test('a title with quotes, entities, tags, emoji and Chinese arrives as these characters', async () => {
  const title = `It's "quoted" -- & <b>5 -minus</b> &amp; 你好，世界 😀 ${Date.now()}`;
  const { draftId } = await ghost.prepare(await site.page(), aPost({ title: `  ${title.replace(' ', '\n')} ` }));
  expect(await site.postsTitled(title)).toEqual([{ id: draftId, state: 'draft' }]);
});

test('tags arrive as written, whether they were there before or not', async () => {
  await ghost.prepare(await site.page(), aPost({ tags: ['AI', 'old'] }));
  const tags = ['R&D', 'AI', 'C++', 'C', 'old', '中文 标签', "it's", 'a, b', `new ${Date.now()}`, '12"', ' ai '];
  const { draftId } = await ghost.prepare(await site.page(), aPost({ tags }));
  expect(await tagsOf(draftId)).toEqual([...tags.slice(0, -2), '12”']);
  const again = await ghost.prepare(await site.page(), aPost({ tags: ['c', 'C++'] }));
  expect(await tagsOf(again.draftId)).toEqual(['C', 'C++']);
});

test('a tag that the site has twice, since two posts made it in the same moment, is one tag', async () => {
  const name = `twice ${Date.now()}`;
  for (let n = 0; n < 2; n += 1) await site.change('POST', 'tags/', { tags: [{ name }] });
  const { draftId } = await ghost.prepare(await site.page(), aPost({ tags: [name] }));
  expect(await tagsOf(draftId)).toEqual([name]);
});

test('a retry continues the draft and replaces all of it: no second draft, no second upload', async () => {
  const page = await site.page();
  const cover = { name: '封面 1.png', contentType: 'image/png', bytes: pixel };
  const post = aPost({ markdown: 'Old words.\n\n---\n\n| a |\n|---|\n| b |', tags: ['old'], cover });
  const first = await ghost.prepare(page, post);
  const before = await stored(first.draftId);
  const again = { ...post, markdown: 'New words.', tags: ['new'], draftId: first.draftId };
  await expect(ghost.prepare(await site.page(), again)).resolves.toEqual(first);

  const after = await stored(first.draftId);
  expect(after.html).toBe('<p>New words.</p>');
  expect(await tagsOf(first.draftId)).toEqual(['new']);
  expect(before.feature_image).toMatch(/\.png$/);
  expect(after.feature_image).toBe(before.feature_image);
  await expect(site.postsTitled(post.title)).resolves.toHaveLength(1);

  await ghost.prepare(page, { ...again, cover: null });
  expect((await stored(first.draftId)).feature_image).toBeNull();
});

test('the cover is a picture that everybody can load, and another one replaces it', async () => {
  const cover = { name: 'cover.png', contentType: 'image/png', bytes: pixel };
  const post = aPost({ cover });
  const { draftId } = await ghost.prepare(await site.page(), post);
  const { feature_image: url } = await stored(draftId);
  const answer = await fetch(url ?? '');
  expect(answer.headers.get('content-type')).toBe('image/png');

  const other = { ...cover, bytes: Buffer.concat([pixel, Buffer.from('more')]) };
  await ghost.prepare(await site.page(), { ...post, cover: other, draftId });
  expect((await stored(draftId)).feature_image).not.toBe(url);
});

test('an editor that was left in the middle of a text does not disturb the next job', async () => {
  const page = await site.page();
  const { draftId } = await ghost.prepare(page, aPost());
  await page.locator('[data-test-editor-title-input]').fill('Half a ti');
  await ghost.checkLogin(page);
  await expect(ghost.prepare(page, aPost({ draftId, title: 'Whole' }))).resolves.toEqual({ draftId });
  expect((await stored(draftId)).title).toBe('Whole');
});

test('a logged-out account is told to log in, before anything else', async () => {
  const page = await site.loggedOutPage();
  const needsLogin = { code: 'needs_login' };
  await expect(ghost.checkLogin(page)).rejects.toMatchObject(needsLogin);
  await expect(ghost.prepare(page, aPost())).rejects.toMatchObject(needsLogin);
  await expect(ghost.prepare(page, aPost({ draftId: gone }))).rejects.toMatchObject(needsLogin);
  await expect(ghost.commit(page, { draftId: gone, aboutToClick })).rejects.toMatchObject(needsLogin);
  const search = { draftId: gone, title: 'x', since: new Date(), waitMs: 0 };
  await expect(ghost.settle(page, search)).rejects.toMatchObject(needsLogin);
});

test('an account that is logged in passes the check', async () => {
  await expect(ghost.checkLogin(await site.page())).resolves.toBeUndefined();
});

test('an account that may not publish by itself is refused before anything is written', async () => {
  const page = await site.page();
  await page.route('**/users/me/**', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: (await response.text()).replaceAll('"Owner"', '"Contributor"') });
  });
  const post = aPost();
  await expect(ghost.prepare(page, post)).rejects.toMatchObject({ code: 'forbidden' });
  await expect(site.postsTitled(post.title)).resolves.toEqual([]);
});

test('a post without a text is a draft all the same', async () => {
  const { draftId } = await ghost.prepare(await site.page(), aPost({ markdown: '' }));
  expect((await stored(draftId)).html ?? '').toBe('');
});

test('a draft that is gone is told so, and makes no new draft', async () => {
  const post = aPost({ draftId: gone });
  await expect(ghost.prepare(await site.page(), post)).rejects.toMatchObject({ code: 'draft_gone' });
  await expect(site.postsTitled(post.title)).resolves.toEqual([]);
});

test.each([
  ['title', ['data-test-editor-title-input', 'gh-editor-title']],
  ['body', ['koenig-lexical']],
  ['tagInput', ['tag-input']],
  ['publishFlow', ['publish-flow', 'gh-publish-trigger']],
])('an editor without its %s is selector drift, found before the commit', async (selector, names) => {
  const page = await site.page();
  await renameOnSite(page, ...names);
  const post = aPost({ tags: ['sought'] });
  await expect(hasty.prepare(page, post)).rejects.toMatchObject({
    code: 'selector_drift',
    details: { platform: 'ghost', selector },
  });
  expect((await site.postsTitled(post.title)).every(({ state }) => state === 'draft')).toBe(true);
});

test('a text that Ghost stores otherwise than written is selector drift', async () => {
  const page = await site.page();
  await page.route(/\/posts\/([0-9a-f]{24}\/)?\?/, async (route) => {
    if (route.request().method() === 'GET') return route.fallback();
    return route.continue({ postData: route.request().postData()?.replaceAll('Text.', 'Tex') ?? '' });
  });
  await expect(ghost.prepare(page, aPost())).rejects.toMatchObject({
    code: 'selector_drift',
    details: { selector: 'stored text' },
  });
});

const aboutToClick = () => Promise.reject(new Error('must not be reached'));
