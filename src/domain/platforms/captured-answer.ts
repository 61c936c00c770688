import type { Page, Request } from 'playwright-core';
import type { z } from 'zod';
import { AppError } from '../../errors.ts';

/**
 * Does one thing in a page and reads the platform's own answer to it. After `act` has begun every error means "unknown":
 * a cut answer looks the same whether the platform has stored what was sent or not.
 */
export async function capturedAnswer<T>(page: Page, captured: Captured<T>): Promise<T> {
  const { act, isSent, answer, answerMs, to, byStatus = false } = captured;
  const { promise: lost, reject } = Promise.withResolvers<never>();
  const begun = new Set<Request>(); // an earlier one may be answered only now
  const onBegun = (request: Request) => {
    if (isSent(request)) begun.add(request);
  };
  const onFailed = (request: Request) => {
    if (begun.has(request)) reject(answerLost(to, request.failure()?.errorText));
  };
  page.on('request', onBegun);
  page.on('requestfailed', onFailed);
  try {
    const answered = page.waitForResponse((r) => begun.has(r.request()), { timeout: answerMs });
    const [response] = await Promise.all([Promise.race([answered, lost]), act()]);
    if (!response.ok()) throw answerLost(to, `HTTP ${response.status()}`);
    if (byStatus) return answer.parse(null);
    // The body may break off after the headers: then `requestfailed` comes, and reading it might wait for ever.
    return answer.parse(await Promise.race([response.json(), lost]));
  } catch (cause) {
    throw cause instanceof AppError ? cause : answerLost(to, 'no readable answer', cause);
  } finally {
    page.off('request', onBegun);
    page.off('requestfailed', onFailed);
    lost.catch(() => undefined);
  }
}

export type Captured<T> = {
  act: () => Promise<void>;
  /** Whether this is the request whose answer is meant. */
  isSent: (request: Request) => boolean;
  answer: z.ZodType<T>;
  answerMs: number;
  /** Its status is all that counts: the page moves on at once, and the body goes with it. `answer` is given null. */
  byStatus?: boolean;
  /** What it answers, for the message: `the publish click in WordPress`. */
  to: string;
};

const answerLost = (to: string, why = 'the connection was cut', cause?: unknown): AppError =>
  new AppError('upstream_failed', `The answer to ${to} was lost: ${why}.`, { cause });
