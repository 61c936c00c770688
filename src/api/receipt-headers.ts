import type { Receipt } from '../domain/llm/llm.ts';

/**
 * What a client is told beside its answer: which model answered after how many attempts, what it cost, and what is left.
 * The cost of a stream is not known when its headers go out. Requests and tokens a minute stand where OpenAI puts them
 * (https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers), all limits together in `ratelimit`, as
 * `tokens-day;r=900;q=1000` (https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/).
 */
export function receiptHeaders(receipt: Receipt): Record<string, string> {
  const { model, provider, attempts, costNanos, priceVersion, remaining } = receipt;
  return {
    'x-model': encodeURI(model),
    'x-provider': encodeURI(provider),
    'x-attempts': String(attempts),
    'x-price-version': String(priceVersion),
    ...(costNanos !== null && { 'x-cost-nanodollars': String(costNanos) }),
    ...limitHeaders(remaining),
  };
}

/** Calls that were held in one moment have the same limits left. */
const known = new WeakMap<Receipt['remaining'], Record<string, string>>();

function limitHeaders(remaining: Receipt['remaining']): Record<string, string> {
  const before = known.get(remaining);
  if (before) return before;
  const headers: Record<string, string> = {};
  const { requestsPerMinute: requests, tokensPerMinute: tokens } = remaining;
  if (requests) {
    headers['x-ratelimit-limit-requests'] = String(requests.limit);
    headers['x-ratelimit-remaining-requests'] = String(requests.remaining);
  }
  if (tokens) {
    headers['x-ratelimit-limit-tokens'] = String(tokens.limit);
    headers['x-ratelimit-remaining-tokens'] = String(tokens.remaining);
  }
  const limits = all(remaining);
  if (limits !== '') headers['ratelimit'] = limits;
  known.set(remaining, headers);
  return headers;
}

function all(remaining: Receipt['remaining']): string {
  let text = '';
  for (const [name, what] of named) {
    const left = remaining[name];
    if (left) text += `${text === '' ? '' : ', '}${what};r=${left.remaining};q=${left.limit}`;
  }
  return text;
}

const named = [
  ['requestsPerMinute', 'requests-minute'],
  ['tokensPerMinute', 'tokens-minute'],
  ['concurrentRequests', 'concurrent-requests'],
  ['tokensPerDay', 'tokens-day'],
  ['tokensPerWeek', 'tokens-week'],
  ['tokensPerMonth', 'tokens-month'],
  ['costNanosPerDay', 'nanodollars-day'],
  ['costNanosPerWeek', 'nanodollars-week'],
  ['costNanosPerMonth', 'nanodollars-month'],
] as const;
