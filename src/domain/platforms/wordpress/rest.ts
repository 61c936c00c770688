import type { Page } from 'playwright-core';
import { z } from 'zod';
import { AppError } from '../../../errors.ts';
import { needsLogin } from './visit.ts';

/**
 * One call to the site's REST API from inside the page, so with the account's own session. The page must be one of
 * `wp-admin/`: both addresses are relative to it, which also finds a WordPress that lives in a folder of its host.
 */
export async function rest<T>(page: Page, call: RestCall, answer: z.ZodType<T>): Promise<T> {
  const { status, text } = await page
    .evaluate(callInPage, { query: {}, fields: null, file: null, ...call })
    .catch(lost);
  if (status >= 400) throw refusal(status, text);
  const parsed = answer.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  throw new AppError('upstream_failed', `WordPress answered ${call.path} in a form that is not known.`, {
    cause: parsed.error,
  });
}

export type RestCall = {
  path: string;
  query?: Record<string, string>;
  /** Given: a POST with these form fields, and with `file` when there is one. */
  fields?: Record<string, string>;
  file?: { name: string; contentType: string; base64: string };
};

/** What WordPress says when it refuses; `status` is HTTP's. */
export function refusal(status: number, text: string): AppError {
  const { code, message, data } = wordPressError.catch({}).parse(jsonOf(text));
  if (status === 401 || code === 'rest_cookie_invalid_nonce') return needsLogin();
  const details = { platform: 'wordpress', status, code, termId: data?.term_id };
  const said = `WordPress answered ${status}: ${message ?? 'no reason given'}`;
  if (status === 403) return new AppError('forbidden', said, { details });
  // A site that is being moved answers 404 to everything, and has lost nothing.
  if (status === 404) return new AppError(code === NO_SUCH_POST ? 'not_found' : 'upstream_failed', said, { details });
  return new AppError(status >= 500 || status === 429 ? 'upstream_failed' : 'upstream_rejected', said, { details });
}

const NO_SUCH_POST = 'rest_post_invalid_id';

type CallInPage = Required<Pick<RestCall, 'path' | 'query'>> & {
  fields: Record<string, string> | null;
  file: { name: string; contentType: string; base64: string } | null;
};

/** Runs in the page. A fresh nonce each time: the one that the page was made with may be a day old. */
async function callInPage({ path, query, fields, file }: CallInPage): Promise<{ status: number; text: string }> {
  const nonce = await fetch(new URL('admin-ajax.php?action=rest-nonce', location.href));
  if (nonce.status === 400) return { status: 401, text: '' };
  if (!nonce.ok) return { status: nonce.status, text: await nonce.text() };

  const url = new URL('../index.php', location.href);
  url.search = new URLSearchParams({ rest_route: path, ...query }).toString();
  const headers = { 'x-wp-nonce': await nonce.text() };
  const form = new FormData();
  for (const [name, value] of Object.entries(fields ?? {})) form.append(name, value);
  if (file) {
    const bytes = Uint8Array.from(atob(file.base64), (char) => char.codePointAt(0) ?? 0);
    form.append('file', new File([bytes], file.name, { type: file.contentType }));
  }
  const answer = await fetch(url, fields ? { method: 'POST', headers, body: form } : { headers });
  return { status: answer.status, text: await answer.text() };
}

const wordPressError = z.object({
  code: z.string().optional(),
  message: z.string().optional(),
  data: z.object({ term_id: z.number().optional() }).nullish().catch(null),
});

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // an HTML error page of the host, a PHP warning: the caller sees that nothing parsed
  }
}

function lost(cause: unknown): never {
  throw new AppError('upstream_failed', 'The WordPress site did not answer a call of its own API.', { cause });
}
