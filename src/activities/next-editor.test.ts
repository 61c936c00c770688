import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { browserPlace } from '../../test/browser-place.ts';
import type { BrowserPlace } from '../../test/browser-place.ts';
import { createNextEditor } from './next-editor.ts';

let place: BrowserPlace;
beforeAll(async () => {
  place = await browserPlace();
});
beforeEach(() => place.reset());
afterAll(() => place.close());

const publication = { id: 'p1', accountId: '1', platform: 'wordpress' };
const itself = async (page: Page) => page;

test('where another publication is to come, the page stays and opens the editor', async () => {
  const page = await place.use('1', itself);
  const ready = editorFor({ another: Promise.resolve(true) }).after(publication, Promise.resolve());
  await page.waitForURL(`${place.baseUrl}/wp-admin/post-new.php`);
  await place.pool().close(); // no editor comes here
  await ready;
});

test('where none is to come, the page is closed as soon as it was pictured, and the session stays', async () => {
  const page = await place.use('1', itself);
  const { promise: pictured, resolve: picture } = Promise.withResolvers<void>();
  const after = editorFor({ another: Promise.resolve(false) }).after(publication, pictured);
  const next = place.use('1', itself);
  expect(page.isClosed()).toBe(false);
  picture();
  await after;
  expect(page.isClosed()).toBe(true);
  await expect(next).resolves.not.toBe(page);
  expect(place.opened).toEqual(['1']);
});

test('an answer that does not come is told, and the next job has its page', async () => {
  await place.use('1', itself);
  const told: string[] = [];
  const editor = editorFor({ another: Promise.reject(new Error('no database')), told });
  await editor.after(publication, Promise.resolve());
  expect(told).toEqual(['no editor was opened ahead of time']);
  await expect(place.use('1', async (page) => page.isClosed())).resolves.toBe(false);
});

function editorFor({ another, told = [] }: { another: Promise<boolean>; told?: string[] }) {
  return createNextEditor({
    pool: place.pool(),
    publishing: { next: { hasAnother: () => another, ofResting: async () => [] } },
    logger: { warn: (_of: unknown, message?: string) => void told.push(message ?? '') },
  });
}
