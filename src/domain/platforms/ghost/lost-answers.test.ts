import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ghost } from './platform.ts';
import { cuttingProxy } from '../../../../test/cutting-proxy.ts';
import type { CuttingProxy } from '../../../../test/cutting-proxy.ts';
import { openTestSite } from '../../../../test/ghost-site.ts';
import type { TestSite } from '../../../../test/ghost-site.ts';

const dir = mkdtempSync(join(tmpdir(), 'ghost-proxy-'));
let proxy: CuttingProxy;
let site: TestSite;
beforeAll(async () => {
  proxy = await cuttingProxy();
  site = await openTestSite({
    chromiumPath: proxy.browserIn(dir, process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'),
  });
});
afterAll(async () => {
  await site.close();
  await proxy.close();
  rmSync(dir, { recursive: true });
});

test('a publish click that the browser sends twice, after its connection was reset, makes one post', async () => {
  const page = await site.page();
  const title = `Sent twice ${Date.now()}`;
  const since = new Date();
  const { draftId } = await ghost.prepare(page, { title, markdown: 'Text.', tags: [], cover: null, draftId: null });
  let sent = 0;
  proxy.cutAnswersOf(({ method }, body) => {
    const publishes = method === 'PUT' && body.includes('"status":"published"');
    if (publishes) sent += 1;
    return publishes && sent === 1;
  });

  // Ghost refuses the second one, as a change of a post that is not the one that was read.
  const committing = ghost.commit(page, { draftId, aboutToClick: () => Promise.resolve() });
  await expect(committing).rejects.toMatchObject({ code: 'upstream_failed' });

  expect(sent).toBe(2);
  const settled = await ghost.settle(page, { draftId, title, since, waitMs: 0 });
  expect(settled).toMatchObject({ outcome: 'published', postId: draftId });
  await expect(site.postsTitled(title)).resolves.toEqual([{ id: draftId, state: 'published' }]);
});
