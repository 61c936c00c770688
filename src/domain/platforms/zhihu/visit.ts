import type { Page } from 'playwright-core';
import { loginWall, needsLogin } from '../login-wall.ts';
import { openPage } from '../open-page.ts';
import { zhihuDescription } from './description.ts';
import { loginSignals } from './selectors.ts';

/**
 * Opens a page of zhihu.
 * @throws AppError `needs_login` with what is asked of the owner, `upstream_failed` when the site does not answer
 */
export async function visit(page: Page, path: string, timeoutMs: number): Promise<void> {
  await openPage(page, { platform: 'zhihu', path, timeoutMs });
  const wall = await loginWall(page, loginSignals);
  if (wall) throw needsLogin(zhihuDescription, wall);
  const { pathname } = new URL(page.url());
  if (pathname.startsWith('/account/unhuman')) throw needsLogin(zhihuDescription, 'captcha');
  if (pathname.startsWith('/signin')) throw needsLogin(zhihuDescription, 'expired');
}
