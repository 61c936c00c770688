import type { Page, Response } from 'playwright-core';
import { AppError } from '../../../errors.ts';

/**
 * Goes to a page of the site's administration.
 * @throws AppError `needs_login` when the site shows its log-in form, `upstream_failed` when it does not answer
 */
export async function visit(page: Page, path: string, timeoutMs: number): Promise<Response | null> {
  const answer = await page
    .goto(path, { waitUntil: 'domcontentloaded', timeout: timeoutMs })
    .catch((cause: unknown) => {
      throw new AppError('upstream_failed', 'The WordPress site does not answer.', { cause });
    });
  if (isLoginPage(page)) throw needsLogin();
  return answer;
}

export const isLoginPage = (page: Page): boolean => new URL(page.url()).pathname.endsWith('/wp-login.php');

export const needsLogin = (): AppError =>
  new AppError('needs_login', 'The WordPress site asks this account to log in again.', {
    details: { platform: 'wordpress' },
  });
