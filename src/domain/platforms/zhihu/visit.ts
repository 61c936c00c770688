import type { Page } from 'playwright-core';
import { drawnWall, loginWall, needsLogin } from '../login-wall.ts';
import { openPage } from '../open-page.ts';
import { zhihuDescription } from './description.ts';
import { loginSignals } from './selectors.ts';

/**
 * Opens a page of zhihu.
 * @throws AppError `needs_login` with what is asked of the owner, `upstream_failed` when the site does not answer
 */
export async function visit(page: Page, path: string, timeoutMs: number): Promise<void> {
  await openPage(page, { platform: 'zhihu', path, timeoutMs });
  const { pathname } = new URL(page.url());
  const asks = askingPages.find(({ at }) => pathname.startsWith(at));
  const wall = await (asks ? drawnWall : loginWall)(page, loginSignals);
  if (wall) throw needsLogin(zhihuDescription, wall);
  if (asks) throw needsLogin(zhihuDescription, asks.reason);
}

/** Pages that do nothing but ask, and what they ask when it is not seen. */
export const askingPages = [
  { at: '/account/unhuman', reason: 'captcha' },
  { at: '/signin', reason: 'expired' },
] as const;
