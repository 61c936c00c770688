import type { Page } from 'playwright-core';
import { drawnWall, loginWall, needsLogin, riskSignal } from '../login-wall.ts';
import { openPage } from '../open-page.ts';
import { xiaohongshuDescription } from './description.ts';
import { loginSignals } from './selectors.ts';

/**
 * Opens a page of the creator's site.
 * @throws AppError `needs_login` with what is asked of the owner, `risk_signal` when the account is warned,
 *   `upstream_failed` when the site does not answer
 */
export async function visit(page: Page, path: string, timeoutMs: number): Promise<void> {
  await openPage(page, { platform: 'xiaohongshu', path, timeoutMs });
  const { pathname, searchParams } = new URL(page.url());
  if (pathname.includes('website-login/error'))
    throw riskSignal(xiaohongshuDescription, `error_code=${searchParams.get('error_code') ?? 'none'}`);
  const isLogin = pathname.startsWith('/login');
  const wall = await (isLogin ? drawnWall : loginWall)(page, loginSignals);
  if (wall) throw needsLogin(xiaohongshuDescription, wall);
  if (isLogin) throw needsLogin(xiaohongshuDescription, 'expired');
}

/** Where everybody sees a note. */
export function noteUrl(page: Page, id: string): string {
  const url = new URL(`/explore/${id}`, page.url());
  url.hostname = url.hostname.replace(/^creator\./, 'www.');
  return url.href;
}
