import { chromium } from 'playwright-core';
import type { Page, Response } from 'playwright-core';

/** A site, as a bare script drives it. */
export type BareSite = {
  /** Once, by the form. */
  logIn(page: Page): Promise<void>;
  /** Opens the editor, fills it, saves the draft, publishes it and reads the answer. */
  publish(page: Page, article: Article): Promise<Post>;
};
export type Article = { title: string; paragraphs: readonly string[] };
export type Post = { url: string };

/**
 * What we are measured against: one browser that has logged in once, one post after the other, nothing blocked, nothing
 * checked, nothing kept.
 */
export async function bareScript(site: BareSite, { executablePath, url }: { executablePath: string; url: string }) {
  const args = ['--no-sandbox', '--disable-dev-shm-usage', '--force-prefers-reduced-motion'];
  const browser = await chromium.launch({ executablePath, args });
  const context = await browser.newContext({ baseURL: `${url}/`, reducedMotion: 'reduce' });
  const page = await context.newPage();
  await site.logIn(page);
  return {
    publish: (article: Article) => site.publish(page, article),
    close: () => browser.close(),
  };
}

export type BareScript = Awaited<ReturnType<typeof bareScript>>;

/** Waits for the answer to the one request that a click sends. */
export async function sentOnce(page: Page, { isSent, act }: Sent): Promise<unknown> {
  const isAnswer = (at: Response) => ['POST', 'PUT'].includes(at.request().method()) && isSent(at.url());
  const [answer] = await Promise.all([page.waitForResponse(isAnswer), act()]);
  if (!answer.ok()) throw new Error(`the site answered ${answer.status()}`);
  return answer.json();
}

type Sent = { isSent: (url: string) => boolean; act: () => Promise<unknown> };
