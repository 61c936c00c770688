import type { AppError } from '../errors.ts';

/**
 * What clients read before the body. `x-should-retry: false` is understood by the OpenAI and Anthropic SDKs: a quota of
 * a day or longer is not waited for, nor is a call that is larger than its limit. Everything else that may be repeated says when.
 */
export function errorHeaders({ code, status, details = {} }: AppError): Record<string, string> {
  const headers: Record<string, string> = {};
  const seconds = Number(details['retry_after_seconds'] ?? (status === 503 ? UNAVAILABLE_SECONDS : 0));
  if (seconds > 0) headers['retry-after'] = String(seconds);
  if (status === 401) headers['www-authenticate'] = 'Bearer';
  if (code !== 'limit_exceeded') return headers;

  if (details['period_quota'] === true || details['never_fits'] === true) headers['x-should-retry'] = 'false';
  const what = subjectOf(String(details['limit']));
  if (!what) return headers;
  const limit = Number(details['limit_value']);
  headers[`x-ratelimit-limit-${what}`] = String(limit);
  headers[`x-ratelimit-remaining-${what}`] = String(Math.max(0, limit - Number(details['current'])));
  headers[`x-ratelimit-reset-${what}`] = `${seconds}s`;
  return headers;
}

const UNAVAILABLE_SECONDS = 2;

/** OpenAI counts requests and tokens; costs and concurrency have no header there. */
function subjectOf(limit: string): 'requests' | 'tokens' | undefined {
  if (limit.startsWith('requests')) return 'requests';
  return limit.startsWith('tokens') ? 'tokens' : undefined;
}
