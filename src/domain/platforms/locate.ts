import type { Locator, Page } from 'playwright-core';
import { AppError } from '../../errors.ts';

/**
 * Waits for the first of several candidates for one part of a page to be seen.
 * @throws AppError `selector_drift` when none of them comes within `timeoutMs`: the page is not the one we know
 */
export async function locate(page: Page, part: PagePart): Promise<Locator> {
  const css = part.candidates.join(', ');
  const inPage = page.locator(css);
  const found = (part.frame ? page.frameLocator(part.frame).locator(css).or(inPage) : inPage).first();
  try {
    await found.waitFor({ state: part.isHidden ? 'attached' : 'visible', timeout: part.timeoutMs });
    return found;
  } catch (cause) {
    if (isTimeout(cause)) throw drift(part, cause);
    throw cause;
  }
}

/** A part of a page: the name that a report gives it, and the CSS selectors by which it may be known. */
export type PagePart = {
  platform: string;
  name: string;
  candidates: readonly string[];
  timeoutMs: number;
  /** A frame that the part may stand in; looked for outside of it too. */
  frame?: string;
  /** It is there and not to be seen, as a field for files mostly is. */
  isHidden?: boolean;
};

export function drift({ platform, name }: Pick<PagePart, 'platform' | 'name'>, cause?: unknown): AppError {
  const details = { platform, selector: name };
  return new AppError('selector_drift', `The page of ${platform} has changed: no "${name}".`, { details, cause });
}

/** By name, so that processes which only read a platform's limits need not load the browser's driver. */
export const isTimeout = (error: unknown): boolean => error instanceof Error && error.name === 'TimeoutError';
