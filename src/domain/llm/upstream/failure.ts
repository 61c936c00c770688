import type { UpstreamResponse } from './exchange.ts';
import { z } from 'zod';
import type { Failure, FailureReason } from '../chain.policy.ts';
import { UpstreamBroke } from '../streams/upstream-watch.ts';

/** A failed attempt as the chain policy wants to know it, but for its chance. `message` is the upstream's own. */
export type UpstreamFailure = Omit<Failure, 'random'> & { message: string };

export async function failureOfStatus(response: UpstreamResponse, now: Date): Promise<UpstreamFailure> {
  const { statusCode: status, headers } = response;
  const { message, code } = errorIn(await response.body.text());
  return {
    kind: 'failed',
    reason: isTooLong(status, code, message) ? 'too-long' : 'status',
    status,
    retryAfterMs: retryAfterMs(headers, now),
    message: message || `The model answered with status ${status}.`,
  };
}

/** @param error what the client threw, or 'timeout' when it was our own deadline */
export function failureOfError(error: unknown): UpstreamFailure {
  const reason = error === 'timeout' ? 'timeout' : reasonOf(error);
  const message = error instanceof UpstreamBroke ? error.message : said[reason];
  return { kind: 'failed', reason, status: null, retryAfterMs: null, message };
}

type NetworkReason = Extract<FailureReason, 'unreachable' | 'timeout' | 'network' | 'bad-answer'>;

const said: Record<NetworkReason, string> = {
  unreachable: 'The model cannot be reached.',
  timeout: 'The model did not answer in time.',
  network: 'The connection to the model broke.',
  'bad-answer': 'The answer was not in the expected format.',
};

const unreachable = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'EADDRNOTALLOWED',
]);

function reasonOf(error: unknown): NetworkReason {
  if (error instanceof SyntaxError || error instanceof UpstreamBroke) return 'bad-answer';
  const code = typeof error === 'object' && error && 'code' in error ? String(error.code) : '';
  if (unreachable.has(code)) return 'unreachable';
  return code === 'UND_ERR_BODY_TIMEOUT' || code === 'UND_ERR_HEADERS_TIMEOUT' ? 'timeout' : 'network';
}

/** OpenAI's and Anthropic's bodies, and those of servers that send the words alone. */
const errorBody = z.object({
  error: z.union([
    z.object({ message: z.string(), code: z.union([z.string(), z.number()]).nullish().catch(null) }),
    z.string().transform((message) => ({ message, code: null })),
  ]),
});
const MOST_CHARACTERS = 1_000;

function errorIn(text: string): { message: string; code: string } {
  try {
    const { error } = errorBody.parse(JSON.parse(text));
    return { message: error.message.slice(0, MOST_CHARACTERS), code: String(error.code ?? '') };
  } catch {
    return { message: '', code: '' };
  }
}

/** Providers agree on a name for this error less than on its words. */
function isTooLong(status: number, code: string, message: string): boolean {
  if (status !== 400 && status !== 413 && status !== 422) return false;
  return code === 'context_length_exceeded' || /context (length|window|size)|prompt is too long/i.test(message);
}

/** `retry-after-ms`, or `retry-after` in seconds or as a date (RFC 9110, 10.2.3). */
function retryAfterMs(headers: UpstreamResponse['headers'], now: Date): number | null {
  const ms = Number(headers['retry-after-ms'] ?? Number.NaN);
  if (ms >= 0) return Math.ceil(ms);
  const text = headers['retry-after'] ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000);
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, date - now.getTime());
}
