/** What WordPress has after a click whose answer the network lost, spoiled or sent twice, and what settling makes of it. */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { wordpress } from './platform.ts';
import { cuttingProxy } from '../../../../test/cutting-proxy.ts';
import type { CuttingProxy, Fault } from '../../../../test/cutting-proxy.ts';
import { openTestSite } from '../../../../test/wordpress-site.ts';
import type { TestSite } from '../../../../test/wordpress-site.ts';

const dir = mkdtempSync(join(tmpdir(), 'wordpress-proxy-'));
let proxy: CuttingProxy;
let site: TestSite;
beforeAll(async () => {
  proxy = await cuttingProxy();
  const chromiumPath = proxy.browserIn(dir, process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium');
  site = await openTestSite({ chromiumPath });
});
afterEach(() => site.closePages());
afterAll(async () => {
  await site.close();
  await proxy.close();
  rmSync(dir, { recursive: true });
});

let made = 0;

/** A draft whose publish click has this fault, each time that it is sent. */
async function clickWith(title: string, faultOf: (time: number) => Fault | null) {
  const page = await site.page();
  const since = new Date();
  const { draftId } = await wordpress.prepare(page, { title, markdown: 'Text.', tags: [], cover: null, draftId: null });
  let sent = 0;
  proxy.faults(({ method }, body) => {
    if (method !== 'POST' || !body.includes('"status":"publish"')) return null;
    sent += 1;
    return faultOf(sent);
  });
  const committed = await wordpress.commit(page, { draftId, aboutToClick: () => Promise.resolve() }).then(
    (post) => post.postId,
    (error: unknown) => error,
  );
  const settle = (waitMs: number) => wordpress.settle(page, { draftId, title, since, waitMs });
  return { draftId, committed, settle, sent: () => sent, posts: () => site.postsTitled(title) };
}
const aTitle = (words: string) => `${words} ${Date.now()} ${(made += 1)}`;

test('a publish click that the browser sends twice, after its connection was reset, makes one post', async () => {
  const click = await clickWith(aTitle('Sent twice'), (time) => (time === 1 ? 'cut' : null));
  expect(click.sent()).toBe(2);
  expect(click.committed).toBe(click.draftId);
  expect(await click.posts()).toEqual([{ id: click.draftId, state: 'publish' }]);
});

test('an error page after WordPress stored the post is an unknown outcome, settled as published', async () => {
  const click = await clickWith(aTitle('Error page'), () => 'error page');
  expect(click.committed).toMatchObject({ code: 'upstream_failed' });
  expect(await click.settle(0)).toMatchObject({ outcome: 'published', postId: click.draftId });
  expect(await click.posts()).toEqual([{ id: click.draftId, state: 'publish' }]);
});

test('a request that arrives after its connection was lost is waited for before absence is believed', async () => {
  const click = await clickWith(aTitle('Late'), (time) => (time === 1 ? 'held' : 'refused'));
  expect(click.committed).toMatchObject({ code: 'upstream_failed' });
  expect(await click.settle(0)).toEqual({ outcome: 'not_published' });
  const settled = click.settle(15_000);
  proxy.letGo();
  expect(await settled).toMatchObject({ outcome: 'published', postId: click.draftId });
  expect(await click.posts()).toHaveLength(1);
});

/** What WordPress rewrites in titles, and what its search takes for more than words. */
test.each([
  `It's "quoted" 'twice' "so"`,
  'Fish & chips <b>5</b> &amp; &lt;more&gt;',
  '你好，世界：一次 “发布”',
  'Dashes -- and --- dots... (c)',
  '-minus leads',
  'one two three four five six seven eight nine ten eleven twelve',
])('the post titled %s is found again by its title, once', async (words) => {
  const title = aTitle(words);
  const click = await clickWith(title, () => 'cut');
  const page = await site.page();
  const search = { draftId: null, title, since: new Date(Date.now() - 60_000), waitMs: 0 };
  expect(await wordpress.settle(page, search)).toMatchObject({ outcome: 'published', postId: click.draftId });
  expect(await click.posts()).toHaveLength(1);
});
