import type { Locator, Page } from 'playwright-core';
import { AppError } from '../../errors.ts';

/**
 * Waits for the first of several candidates for one part of a page to be seen.
 * @throws AppError `selector_drift` when none of them comes within `timeoutMs`: the page is not the one we know
 */
export async function locate(page: Page, part: PagePart): Promise<Locator> {
  const found = locatorOf(page, part, part.candidates.join(', ')).first();
  try {
    await found.waitFor({ state: part.isHidden ? 'attached' : 'visible', timeout: part.timeoutMs });
  } catch (cause) {
    if (!isTimeout(cause)) throw cause;
    observers.get(page)?.({ name: part.name, matched: [], dead: part.candidates });
    throw drift(part, cause);
  }
  const tell = observers.get(page);
  if (tell) tell(await matchesOf(page, part));
  return found;
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

/** Tells from now on which candidates of each part were there when it was looked for. Costs a question per candidate. */
export function observeParts(page: Page, tell: (seen: SeenPart) => void): void {
  observers.set(page, tell);
}

export type SeenPart = { name: string; matched: readonly string[]; dead: readonly string[] };

export function drift({ platform, name }: Pick<PagePart, 'platform' | 'name'>, cause?: unknown): AppError {
  const details = { platform, selector: name };
  return new AppError('selector_drift', `The page of ${platform} has changed: no "${name}".`, { details, cause });
}

/** By name, so that processes which only read a platform's limits need not load the browser's driver. */
export const isTimeout = (error: unknown): boolean => error instanceof Error && error.name === 'TimeoutError';

/** A page's observer goes with the page. */
const observers = new WeakMap<Page, (seen: SeenPart) => void>();

function locatorOf(page: Page, { frame }: PagePart, css: string): Locator {
  const inPage = page.locator(css);
  return frame ? page.frameLocator(frame).locator(css).or(inPage) : inPage;
}

async function matchesOf(page: Page, part: PagePart): Promise<SeenPart> {
  const counts = await Promise.all(part.candidates.map((css) => locatorOf(page, part, css).count()));
  const isThere = (at: number) => (counts[at] ?? 0) > 0;
  return {
    name: part.name,
    matched: part.candidates.filter((_, at) => isThere(at)),
    dead: part.candidates.filter((_, at) => !isThere(at)),
  };
}
