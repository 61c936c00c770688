import { chromium } from 'playwright-core';
import type { Browser, Page, Route } from 'playwright-core';
import { z } from 'zod';
import { readPost } from '../src/domain/platforms/wordpress/post.ts';
import { rest } from '../src/domain/platforms/wordpress/rest.ts';
import { visit } from '../src/domain/platforms/wordpress/visit.ts';

/** The real WordPress of the test stack (WORDPRESS_URL) in a real browser; for tests only. */
export async function openTestSite({ chromiumPath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium' } = {}) {
  const browser = await chromium.launch({ executablePath: chromiumPath, args: [...launchArgs] });
  const author = await logIn(browser, { user: 'author1', password: 'author1-password' });
  const reader = await author();
  await visit(reader, 'wp-admin/edit.php', 60_000);
  return {
    /** A new page of author1's own browser context. */
    page: author,
    loggedOutPage: async () => (await newContext(browser)).newPage(),
    as: async (user: string, password: string) => (await logIn(browser, { user, password }))(),
    /** An open editor goes on animating and calling home; a test's pages end with it. */
    async closePages() {
      const pages = browser.contexts().flatMap((context) => context.pages());
      const used = pages.filter((page) => page !== reader);
      await Promise.all(used.map((page) => page.unrouteAll({ behavior: 'ignoreErrors' })));
      await Promise.all(used.map((page) => page.close()));
    },
    close: () => browser.close(),

    /** The author's posts of this title, in every state that a person could see. */
    async postsTitled(title: string) {
      const status = 'publish,future,draft,pending,private';
      const query = { status, context: 'edit', per_page: '100', author: '2', _fields: 'id,status,title' };
      const posts = await rest(reader, { path: '/wp/v2/posts', query }, listed);
      return posts.filter((post) => post.title === title).map(({ id, status: state }) => ({ id, state }));
    },

    stored: (postId: string) => readPost(reader, postId),
    read: <T>(path: string, answer: z.ZodType<T>) => rest(reader, { path }, answer),
    comment: (postId: string, content: string) =>
      rest(reader, { path: '/wp/v2/comments', fields: { post: postId, content } }, z.object({ id: z.int() })),
  };
}

export type TestSite = Awaited<ReturnType<typeof openTestSite>>;

/** Answers each request that would publish in its own way; all others go through. */
export async function onPublish(page: Page, answer: (route: Route) => Promise<void>): Promise<void> {
  await page.route(/wp(?:\/|%2F)v2(?:\/|%2F)posts(?:\/|%2F)\d+/, async (route) => {
    const publishes = route.request().method() === 'POST' && route.request().postData()?.includes('"publish"');
    await (publishes ? answer(route) : route.fallback());
  });
}

/** The site as if it had been updated and now calls parts of its pages by other names. */
export async function renameOnSite(page: Page, ...names: string[]): Promise<void> {
  await page.route('**/*', async (route) => {
    if (!['script', 'document'].includes(route.request().resourceType())) return route.fallback();
    const response = await route.fetch({ maxRedirects: 0 });
    const body = names.reduce((text, name) => text.replaceAll(name, 'renamed'), await response.text());
    return route.fulfill({ response, body });
  });
}

const newContext = (browser: Browser) =>
  browser.newContext({ baseURL: `${process.env['WORDPRESS_URL']}/`, reducedMotion: 'reduce' });

/** By the form's own request, without waiting for the dashboard that follows it. */
async function logIn(browser: Browser, { user, password }: { user: string; password: string }) {
  const context = await newContext(browser);
  await context.request.get('wp-login.php'); // sets the cookie that the form asks for
  await context.request.post('wp-login.php', { form: { log: user, pwd: password, testcookie: '1' }, maxRedirects: 0 });
  const cookies = await context.cookies();
  if (cookies.some(({ name }) => name.startsWith('wordpress_logged_in'))) return () => context.newPage();
  await browser.close();
  throw new Error(`WordPress refused ${user}`);
}

const decoded = (html: string) => html.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

const listed = z.array(
  z
    .object({ id: z.int(), status: z.string(), title: z.object({ raw: z.string() }) })
    .transform(({ id, status, title }) => ({ id: String(id), status, title: decoded(title.raw) })),
);

/** As the browser pool's: without reduced motion an open editor keeps a processor busy. */
const launchArgs = ['--no-sandbox', '--disable-dev-shm-usage', '--force-prefers-reduced-motion'];
