import { chromium } from 'playwright-core';
import type { Browser, Page, Route } from 'playwright-core';
import { z } from 'zod';
import { ghostOwner } from '../dev/stack/ghost/owner.ts';
import { readPost } from '../src/domain/platforms/ghost/post.ts';
import { read, visit } from '../src/domain/platforms/ghost/admin.ts';

/** The real Ghost of the test stack (GHOST_URL) in a real browser; for tests only. */
export async function openTestSite({ chromiumPath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium' } = {}) {
  const browser = await chromium.launch({ executablePath: chromiumPath, args: [...launchArgs] });
  const owner = await logIn(browser);
  const reader = await owner();
  await visit(reader, '#/posts', 60_000);
  return {
    /** A new page of the owner's own browser context. */
    page: owner,
    loggedOutPage: async () => (await newContext(browser)).newPage(),
    async closePages() {
      const used = browser
        .contexts()
        .flatMap((context) => context.pages())
        .filter((page) => page !== reader);
      await Promise.all(used.map((page) => page.unrouteAll({ behavior: 'ignoreErrors' })));
      await Promise.all(used.map((page) => page.close()));
    },
    close: () => browser.close(),

    /** The posts of this title, in every state. */
    async postsTitled(title: string) {
      const { posts } = await read(reader, 'posts/?limit=100&order=created_at desc&fields=id,title,status', listed);
      return posts.filter((post) => post.title === title).map(({ id, status: state }) => ({ id, state }));
    },
    stored: (postId: string) => readPost(reader, postId),

    /** Changes something behind the browser's back, as the site's own API lets its owner. */
    async change(method: 'POST' | 'PUT', path: string, data: object) {
      const url = `ghost/api/admin/${path}`;
      const answer = await reader.request.fetch(url, { method, data, headers: { origin: siteUrl() } });
      if (!answer.ok()) throw new Error(`Ghost refused ${method} ${path}: ${answer.status()} ${await answer.text()}`);
    },
  };
}

export type TestSite = Awaited<ReturnType<typeof openTestSite>>;

/** Answers each request that would publish in its own way; all others go through. */
export async function onPublish(page: Page, answer: (route: Route) => Promise<void>): Promise<void> {
  await page.route(/\/ghost\/api\/admin\/posts\/[0-9a-f]{24}\//, async (route) => {
    const publishes =
      route.request().method() === 'PUT' && route.request().postData()?.includes('"status":"published"');
    await (publishes ? answer(route) : route.fallback());
  });
}

/** The site as if it had been updated and now calls parts of its pages by other names. */
export async function renameOnSite(page: Page, ...names: string[]): Promise<void> {
  await page.route('**/*', async (route) => {
    if (route.request().resourceType() !== 'script') return route.fallback();
    const response = await route.fetch();
    const body = names.reduce((text, name) => text.replaceAll(name, 'renamed'), await response.text());
    return route.fulfill({ response, body });
  });
}

const siteUrl = (): string => process.env['GHOST_URL'] ?? '';

const newContext = (browser: Browser) => browser.newContext({ baseURL: `${siteUrl()}/`, reducedMotion: 'reduce' });

/** By the form's own request. */
async function logIn(browser: Browser) {
  const context = await newContext(browser);
  const data = { username: ghostOwner.email, password: ghostOwner.password };
  const answer = await context.request.post('ghost/api/admin/session/', { data, headers: { origin: siteUrl() } });
  if (answer.ok()) return () => context.newPage();
  await browser.close();
  throw new Error(`Ghost refused ${ghostOwner.email}: ${answer.status()}`);
}

const listed = z.object({ posts: z.array(z.object({ id: z.string(), status: z.string(), title: z.string() })) });

/** As the browser pool's. */
const launchArgs = ['--no-sandbox', '--disable-dev-shm-usage', '--force-prefers-reduced-motion'];
