import type { Page } from 'playwright-core';
import { patience } from '../../src/domain/platforms/patience.ts';
import type { Platform, PostToPrepare } from '../../src/domain/platforms/index.ts';
import { selectors as wordpressSelectors } from '../../src/domain/platforms/wordpress/selectors.ts';
import { wordpressWith } from '../../src/domain/platforms/wordpress/platform.ts';
import { selectors as xiaohongshuSelectors } from '../../src/domain/platforms/xiaohongshu/selectors.ts';
import { xiaohongshuWith } from '../../src/domain/platforms/xiaohongshu/platform.ts';
import { selectors as zhihuSelectors } from '../../src/domain/platforms/zhihu/selectors.ts';
import { zhihuWith } from '../../src/domain/platforms/zhihu/platform.ts';
import { AppError } from '../../src/errors.ts';
import { fixtureBrowser } from '../sites/fixture-browser.ts';
import { openXiaohongshu } from '../sites/xiaohongshu/site.ts';
import { openZhihu } from '../sites/zhihu/site.ts';
import { openTestSite, renameOnSite } from '../wordpress-site.ts';
import { namesIn } from './names-in-selectors.ts';

/** A platform whose pages a test can change. */
export type DriftPlace = {
  /** What an adapter needs between the login and the click, by name. */
  parts: readonly string[];
  /** The forms that its unchanged pages may have. */
  forms: readonly string[];
  /** Publishes all that a post can have, on pages that call one part by another name, or none. */
  publish(renamed: string | null, form?: string): Promise<DriftEnd>;
  /** How many posts are public. */
  timesPublic(): Promise<number>;
  close(): Promise<void>;
};

export type DriftEnd = { code: string; clicks: number };

/** Ghost's names are looked after in its own tests; it is a part of the stack for those alone who ask for it. */
export const driftPlaces = {
  async zhihu(findMs: number): Promise<DriftPlace> {
    const [site, browser] = await Promise.all([openZhihu(), fixtureBrowser()]);
    const zhihu = zhihuWith({ ...patience, findMs, answerMs: 5_000, pollMs: 50 });
    const honest = zhihuWith({ ...patience, pollMs: 50 });
    const page = () => browser.page(site.url, site.login());
    return {
      parts: Object.keys(zhihuSelectors),
      forms: ['button', 'role', 'panel'],
      async publish(renamed, form = renamed === 'publishPanel' ? 'panel' : 'button') {
        site.now.form = form === 'role' || form === 'panel' ? form : 'button';
        // A draft of an earlier attempt, so that there is a cover to take away.
        const { draftId } = await honest.prepare(await page(), { ...post, aiGenerated: false });
        site.rename(...namesOf(zhihuSelectors, renamed));
        const end = await publish(renamed === null ? honest : zhihu, await page(), { ...post, draftId });
        site.rename();
        await browser.closePages();
        return end;
      },
      timesPublic: async () => site.articles().filter(({ publishes }) => publishes > 0).length,
      close: () => closeBoth(browser, site),
    };
  },

  async xiaohongshu(findMs: number): Promise<DriftPlace> {
    const [site, browser] = await Promise.all([openXiaohongshu(), fixtureBrowser()]);
    const older = { title: '旧', desc: '旧', topics: [], images: ['a'], declaration: '', scheduled: false };
    site.notes.add(older, Date.now() - 86_400_000);
    const lag = { listLagMs: 0, lookMs: 0 };
    const xiaohongshu = xiaohongshuWith({ ...patience, findMs, answerMs: 5_000, pollMs: 50 }, lag);
    const honest = xiaohongshuWith({ ...patience, pollMs: 50 }, lag);
    return {
      parts: Object.keys(xiaohongshuSelectors),
      forms: ['shadow', 'button', 'ce'],
      async publish(renamed, form = 'shadow') {
        site.now.form = form === 'button' || form === 'ce' ? form : 'shadow';
        site.rename(...namesOf(xiaohongshuSelectors, renamed));
        const page = await browser.page(site.url, site.login());
        const end = await publish(renamed === null ? honest : xiaohongshu, page, post);
        site.rename();
        await browser.closePages();
        return end;
      },
      timesPublic: async () => site.notes.all().length,
      close: () => closeBoth(browser, site),
    };
  },

  async wordpress(findMs: number): Promise<DriftPlace> {
    const site = await openTestSite();
    const wordpress = wordpressWith({ ...patience, findMs });
    const honest = wordpressWith(patience);
    const { title, publishToggle, directPublishButton, publishButton } = wordpressSelectors;
    const names = { title, publishToggle: [...publishToggle, ...directPublishButton], publishButton };
    return {
      parts: Object.keys(names),
      forms: ['panel'],
      async publish(renamed) {
        const ours = { ...post, title: wordpressTitle };
        const { draftId } = await honest.prepare(await site.page(), ours);
        const page = await site.page();
        if (renamed !== null) await renameOnSite(page, ...namesOf(names, renamed));
        const end = await publish(renamed === null ? honest : wordpress, page, { ...ours, draftId });
        await site.closePages();
        return end;
      },
      timesPublic: async () =>
        (await site.postsTitled(wordpressTitle)).filter(({ state }) => state === 'publish').length,
      close: () => site.close(),
    };
  },
};

export type PlatformName = keyof typeof driftPlaces;

/** Has all that a post can have, so that every part of a page is needed. */
const post: PostToPrepare = {
  title: '漂移 drift',
  markdown: '第一段。\n\n- 一\n- 二',
  tags: ['猫', 'cats'],
  aiGenerated: true,
  cover: {
    name: 'a.png',
    contentType: 'image/png',
    bytes: Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
      'base64',
    ),
  },
  draftId: null,
};
const wordpressTitle = `Drift ${Date.now()}`;

async function publish(platform: Platform, page: Page, content: PostToPrepare): Promise<DriftEnd> {
  let clicks = 0;
  const aboutToClick = async () => void (clicks += 1);
  try {
    const prepared = await platform.prepare(page, content);
    await platform.commit(page, { ...prepared, content, aboutToClick });
    return { code: 'published', clicks };
  } catch (error) {
    if (error instanceof AppError) return { code: error.code, clicks };
    throw error;
  }
}

function namesOf(selectors: Readonly<Record<string, readonly string[]>>, part: string | null): string[] {
  return part === null ? [] : namesIn(selectors[part] ?? []);
}

async function closeBoth(browser: { close(): Promise<void> }, site: { close(): Promise<void> }): Promise<void> {
  await browser.close();
  await site.close();
}
