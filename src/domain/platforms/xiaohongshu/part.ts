import type { Locator, Page } from 'playwright-core';
import { drift, isTimeout, locate } from '../locate.ts';
import { selectors } from './selectors.ts';

/** One part of xiaohongshu's pages by its name. @throws AppError `selector_drift` when it does not come */
export const part = (page: Page, name: PartName, timeoutMs: number): Promise<Locator> =>
  locate(page, { platform: 'xiaohongshu', name, candidates: selectors[name], timeoutMs, isHidden: hidden.has(name) });

/** All of that name, without a wait. */
export const all = (page: Page, name: PartName): Locator => page.locator(selectors[name].join(', '));

/** Clicks a part. @throws AppError `selector_drift` when it does not come, or something lies over it */
export async function click(page: Page, name: PartName, timeoutMs: number): Promise<void> {
  const found = await part(page, name, timeoutMs);
  await found.click({ timeout: timeoutMs }).catch((cause: unknown) => {
    throw isTimeout(cause) ? drift({ platform: 'xiaohongshu', name }, cause) : cause;
  });
}

export type PartName = keyof typeof selectors;

const hidden: ReadonlySet<PartName> = new Set(['imageInput', 'noteList', 'schedule']);
