/** What Ghost has after a click whose answer the network lost, spoiled or sent twice, and what settling makes of it. */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ghost } from './platform.ts';
import { cuttingProxy } from '../../../../test/cutting-proxy.ts';
import type { CuttingProxy, Fault } from '../../../../test/cutting-proxy.ts';
import { openTestSite } from '../../../../test/ghost-site.ts';
import type { TestSite } from '../../../../test/ghost-site.ts';

const dir = mkdtempSync(join(tmpdir(), 'ghost-proxy-'));
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

/** A draft whose publish click has this fault, each time that it is sent. `committed` is null when the click failed. */
async function clickWith(words: string, faultOf: (time: number) => Fault | null) {
  const page = await site.page();
  const title = `${words} ${Date.now()}`;
  const since = new Date();
  const { draftId } = await ghost.prepare(page, { title, markdown: 'Text.', tags: [], cover: null, draftId: null });
  let sent = 0;
  proxy.faults(({ method }, body) => {
    if (method !== 'PUT' || !body.includes('"status":"published"')) return null;
    sent += 1;
    return faultOf(sent);
  });
  const committed = await ghost.commit(page, { draftId, aboutToClick: () => Promise.resolve() }).catch((error) => {
    expect(error).toMatchObject({ code: 'upstream_failed' });
    return null;
  });
  const settle = (waitMs: number) => ghost.settle(page, { draftId, title, since, waitMs });
  return { draftId, committed, settle, sent: () => sent, posts: () => site.postsTitled(title) };
}

test('a publish click that the browser sends twice, after its connection was reset, makes one post', async () => {
  // Ghost refuses the second one, as a change of a post that is not the one that was read; in one second with the last
  // save it cannot tell them apart, and publishes what is published.
  const click = await clickWith('Sent twice', (time) => (time === 1 ? 'cut' : null));
  expect(click.sent()).toBe(2);
  if (click.committed) expect(click.committed.postId).toBe(click.draftId);
  expect(await click.settle(0)).toMatchObject({ outcome: 'published', postId: click.draftId });
  expect(await click.posts()).toEqual([{ id: click.draftId, state: 'published' }]);
});

test('an error page after Ghost stored the post is an unknown outcome, settled as published', async () => {
  const click = await clickWith('Error page', () => 'error page');
  expect(click.committed).toBeNull();
  expect(await click.settle(0)).toMatchObject({ outcome: 'published', postId: click.draftId });
  expect(await click.posts()).toEqual([{ id: click.draftId, state: 'published' }]);
});

test('a request that arrives after its connection was lost is waited for before absence is believed', async () => {
  const click = await clickWith('Late', (time) => (time === 1 ? 'held' : 'refused'));
  expect(click.committed).toBeNull();
  expect(await click.settle(0)).toEqual({ outcome: 'not_published' });
  const settled = click.settle(15_000);
  proxy.letGo();
  expect(await settled).toMatchObject({ outcome: 'published', postId: click.draftId });
  expect(await click.posts()).toHaveLength(1);
});
