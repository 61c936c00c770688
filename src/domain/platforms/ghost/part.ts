import type { Locator, Page } from 'playwright-core';
import { drift, isTimeout, locate } from '../locate.ts';
import { press } from '../press.ts';
import { selectors } from './selectors.ts';

/** One part of Ghost's pages by its name. @throws AppError `selector_drift` when it does not come */
export const part = (page: Page, name: PartName, timeoutMs: number): Promise<Locator> =>
  locate(page, { platform: 'ghost', name, candidates: selectors[name], timeoutMs, isHidden: name === 'coverInput' });

/** The same without a wait: it may not be there. */
export const maybe = (page: Page, name: PartName): Locator => page.locator(selectors[name].join(', '));

/** Clicks a part. @throws AppError `selector_drift` when it does not come, or something lies over it */
export async function click(page: Page, name: PartName, { timeoutMs, which }: ClickOptions): Promise<void> {
  const found = which ?? (await part(page, name, timeoutMs));
  await found.click({ timeout: timeoutMs }).catch((cause: unknown) => {
    throw isTimeout(cause) ? drift({ platform: 'ghost', name }, cause) : cause;
  });
}

/** The same without a wait for the page to come to rest, whose dialogues move for a long time. */
export async function pressPart(page: Page, name: PartName, { timeoutMs, which }: ClickOptions): Promise<void> {
  const found = which ?? (await part(page, name, timeoutMs));
  if (!(await press(found, timeoutMs))) throw drift({ platform: 'ghost', name });
}

/** `which`: the one of several that is meant. */
export type ClickOptions = { timeoutMs: number; which?: Locator };
export type PartName = keyof typeof selectors;
