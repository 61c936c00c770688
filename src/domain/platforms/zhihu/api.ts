import type { Page } from 'playwright-core';
import { z } from 'zod';
import { AppError } from '../../../errors.ts';
import { needsLogin } from '../login-wall.ts';
import { zhihuDescription } from './description.ts';

/** The account that is logged in. */
export const readAccountId = async (page: Page): Promise<string> =>
  (await read(page, { host: 'www', path: '/api/v4/me' }, z.object({ id: z.string() }))).id;

/** What is stored of an article of one's own, whatever its state. @throws AppError `not_found` */
export const readDraft = (page: Page, id: string): Promise<StoredArticle> =>
  read(page, { host: 'own', path: `/api/articles/${id}/draft` }, storedArticle);

/** One page of the numbers of the account's articles, newest first. */
export const readNumbers = (page: Page, offset: number) =>
  read(
    page,
    { host: 'www', path: `/api/v4/creators/analysis/realtime/content/list?type=article&limit=20&offset=${offset}` },
    z.object({
      data: z.array(z.object({ content_token: z.string(), pv: z.int(), comment: z.int() })),
      paging: z.object({ is_end: z.boolean() }),
    }),
  );

const storedArticle = z.object({
  id: z.union([z.string(), z.int()]).transform(String),
  title: z.string(),
  content: z.string(),
  titleImage: z.string().nullish(),
  state: z.string(),
});
export type StoredArticle = z.infer<typeof storedArticle>;

/** `own`: the host of the page. `www`: its neighbour, which keeps the accounts. */
type Call = { host: 'own' | 'www'; path: string };

/** One read from inside a page of the site, so with the account's session. */
async function read<T>(page: Page, { host, path }: Call, answer: z.ZodType<T>): Promise<T> {
  const url = new URL(path, page.url());
  if (host === 'www') url.hostname = url.hostname.replace(/^zhuanlan\./, 'www.');
  const { status, text } = await page.evaluate(readInPage, url.href).catch((cause: unknown) => {
    throw new AppError('upstream_failed', 'Zhihu did not answer a call of its own API.', { cause });
  });
  if (status === 401) throw needsLogin(zhihuDescription, 'expired');
  const details = { platform: 'zhihu', status };
  if (status === 404) throw new AppError('not_found', 'Zhihu does not have it.', { details });
  const parsed = status < 400 ? answer.safeParse(jsonOf(text)) : undefined;
  if (parsed?.success === true) return parsed.data;
  throw new AppError('upstream_failed', `Zhihu answered ${url.pathname} with ${status}.`, { details });
}

/** Runs in the page. */
async function readInPage(url: string): Promise<{ status: number; text: string }> {
  const answer = await fetch(url, { cache: 'no-store', credentials: 'include' });
  return { status: answer.status, text: await answer.text() };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // an error page: the caller sees that nothing parsed
  }
}
