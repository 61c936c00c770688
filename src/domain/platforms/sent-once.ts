import type { Page, Route } from 'playwright-core';
import type { z } from 'zod';
import { AppError } from '../../errors.ts';

/**
 * Does one thing in a page that makes a post, and lets the request that makes it out of the browser once. For platforms on
 * which the same request twice is two posts: Chromium itself sends a POST again when a connection that was used
 * before is cut, and so do some pages. What the page asked for is sent as it is, with its headers and cookies, by a client
 * that repeats nothing. After `act` has begun every error means "unknown".
 */
export async function sentOnce<T>(page: Page, { act, path, answer, answerMs, to }: SentOnce<T>): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  promise.catch(() => undefined);
  let sent = 0;
  const onRequest = async (route: Route) => {
    if (route.request().method() !== 'POST') return route.fallback();
    sent += 1;
    if (sent > 1) return route.abort();
    try {
      const response = await route.fetch({ maxRetries: 0, maxRedirects: 0, timeout: answerMs });
      const body = await response.text();
      await route.fulfill({ response, body }).catch(() => undefined); // a page that has gone makes the post no less
      if (response.ok()) resolve(answer.parse(JSON.parse(body)));
      else reject(answerLost(to, `HTTP ${response.status()}`));
    } catch (cause) {
      reject(answerLost(to, 'no readable answer', cause));
      await route.abort().catch(() => undefined);
    }
  };
  const matches = (url: URL) => url.pathname.endsWith(path);
  await page.route(matches, onRequest);
  const late = setTimeout(() => reject(answerLost(to, 'nothing was sent')), answerMs);
  try {
    const [answered] = await Promise.all([promise, act()]);
    await page.unroute(matches, onRequest); // else it stays, for a page that asks again when it hears nothing
    return answered;
  } catch (cause) {
    throw cause instanceof AppError ? cause : answerLost(to, 'the click failed', cause);
  } finally {
    clearTimeout(late);
  }
}

export type SentOnce<T> = {
  act: () => Promise<void>;
  /** The end of the path that the request goes to. */
  path: string;
  answer: z.ZodType<T>;
  answerMs: number;
  /** What it answers, for the message. */
  to: string;
};

const answerLost = (to: string, why: string, cause?: unknown): AppError =>
  new AppError('upstream_failed', `The answer to ${to} was lost: ${why}.`, { cause });
