import type { Page } from 'playwright-core';
import { z } from 'zod';
import { AppError } from '../../../errors.ts';

/**
 * Opens a place of the site's administration, as `#/posts`, from anew: what an earlier job left in the page is gone.
 * @throws AppError `needs_login` when the session is none, `upstream_failed` when the site does not answer
 */
export async function visit(page: Page, place: string, timeoutMs: number): Promise<Account> {
  await page.goto('about:blank');
  const answer = await page
    .goto(`ghost/${place}`, { waitUntil: 'domcontentloaded', timeout: timeoutMs })
    .catch((cause: unknown) => {
      throw new AppError('upstream_failed', 'The Ghost site does not answer.', { cause });
    });
  if (answer && !answer.ok()) throw failure(answer.status(), 'the administration does not open');
  return readAccount(page);
}

/** Contributors write drafts, and others publish them. */
export type Account = { id: string; mayPublish: boolean };

/** One read of the site's own API from inside a page of its administration, so with the account's session. */
export async function read<T>(page: Page, path: string, answer: z.ZodType<T>): Promise<T> {
  const { status, text } = await page.evaluate(readInPage, path).catch((cause: unknown) => {
    throw new AppError('upstream_failed', 'The Ghost site did not answer a call of its own API.', { cause });
  });
  if (status >= 400) throw failure(status, text);
  const parsed = answer.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  throw new AppError('upstream_failed', `Ghost answered ${path} in a form that is not known.`, { cause: parsed.error });
}

/** Runs in the page. Relative, so that a Ghost in a folder of its host is found too. */
async function readInPage(path: string): Promise<{ status: number; text: string }> {
  const answer = await fetch(new URL(`api/admin/${path}`, location.href), { cache: 'no-store' });
  return { status: answer.status, text: await answer.text() };
}

/** Whose session the page has. @throws AppError `needs_login` when it has none */
export async function readAccount(page: Page): Promise<Account> {
  try {
    const { users } = await read(page, 'users/me/?include=roles', me);
    return { id: users[0].id, mayPublish: users[0].roles.some(({ name }) => name !== 'Contributor') };
  } catch (error) {
    // 403: no session, or one that waits for the code that Ghost mails to a browser it does not know.
    if (error instanceof AppError && error.code === 'forbidden') throw needsLogin();
    throw error;
  }
}

const me = z.object({
  users: z.tuple([z.object({ id: z.string(), roles: z.array(z.object({ name: z.string() })) })]),
});

function failure(status: number, text: string): AppError {
  const reason = ghostErrors.catch({ errors: [] }).parse(jsonOf(text)).errors[0]?.message ?? 'no reason given';
  const details = { platform: 'ghost', status };
  const said = `Ghost answered ${status}: ${reason}`;
  if (status === 401 || status === 403) return new AppError('forbidden', said, { details });
  if (status === 404) return new AppError('not_found', said, { details });
  return new AppError(status >= 500 || status === 429 ? 'upstream_failed' : 'upstream_rejected', said, { details });
}

const ghostErrors = z.object({ errors: z.array(z.object({ message: z.string() })) });

const needsLogin = (): AppError =>
  new AppError('needs_login', 'The Ghost site asks this account to log in again.', { details: { platform: 'ghost' } });

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // an error page of the host: the caller sees that nothing parsed
  }
}
