import { Agent, request } from 'undici';
import type { Dispatcher } from 'undici';
import type { OutboundPolicy } from './outbound.ts';

export type OutboundPost = ReturnType<typeof createOutboundPost>['post'];

/** What became of it. */
export type Posted = {
  isDelivered: boolean;
  /** Whether another try may do better. */
  isPassing: boolean;
  statusCode: number | null;
  durationMs: number | null;
  errorMessage: string | null;
  /** The first characters of the answer. */
  responseExcerpt: string | null;
};

/**
 * Posts JSON to an address that a user chose: within the outbound policy, without following redirects, within a time for
 * all of it, and reading no more of the answer than is kept. Never throws.
 */
export function createOutboundPost(outbound: OutboundPolicy, { timeoutMs = 10_000 } = {}) {
  const agent = new Agent({ connect: { timeout: timeoutMs, lookup: outbound.lookup }, maxResponseSize: -1 });

  async function post(url: string, message: { body: string; headers: Record<string, string> }): Promise<Posted> {
    const refusal = outbound.refusal(url);
    if (refusal !== null) return { ...unanswered, isPassing: false, errorMessage: `The URL ${refusal}.` };
    const began = performance.now();
    const durationMs = () => Math.round(performance.now() - began);
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const headers = { 'content-type': 'application/json', 'user-agent': USER_AGENT, ...message.headers };
      const answer = await request(url, { method: 'POST', dispatcher: agent, body: message.body, headers, signal });
      const responseExcerpt = await excerptOf(answer.body);
      return { ...judged(answer.statusCode), responseExcerpt, durationMs: durationMs() };
    } catch (error) {
      const errorMessage = signal.aborted ? `No answer within ${timeoutMs} ms.` : reasonOf(error);
      return { ...unanswered, errorMessage, durationMs: durationMs() };
    }
  }

  return { post, close: () => agent.destroy() };
}

const USER_AGENT = 'AI-Creator-Cloud-Webhooks/1';
const EXCERPT_CHARACTERS = 500;

const unanswered: Posted = {
  isDelivered: false,
  isPassing: true,
  statusCode: null,
  durationMs: null,
  errorMessage: null,
  responseExcerpt: null,
};

/** Standard Webhooks: 2xx is received, 410 is gone for good, all else is tried again; a redirect is a wrong URL. */
function judged(statusCode: number): Posted {
  if (statusCode >= 200 && statusCode < 300) return { ...unanswered, isDelivered: true, statusCode };
  const errorMessage = statusCode >= 300 && statusCode < 400 ? 'Redirects are not followed.' : 'The status is not 2xx.';
  return { ...unanswered, isPassing: statusCode !== 410, statusCode, errorMessage };
}

/** The status counts, also when the body never ends or breaks. */
async function excerptOf(body: Dispatcher.ResponseData['body']): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const chunk of body) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length >= EXCERPT_CHARACTERS) break; // which destroys the body
    }
  } catch {
    // what has come is all there is
  }
  return text.replaceAll('\0', '').slice(0, EXCERPT_CHARACTERS);
}

/** Codes of Node, undici and TLS say enough; messages may name addresses of our own network. */
function reasonOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown';
  return `The request failed: ${code}.`;
}
