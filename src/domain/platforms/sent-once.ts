import type { Page } from 'playwright-core';
import type { z } from 'zod';
import { AppError } from '../../errors.ts';
import { decidePosts } from './held-posts.ts';

/**
 * Does one thing in a page that makes a post, and lets the request that makes it out of the browser once. For platforms on
 * which the same request twice is two posts: Chromium itself sends a POST again when a connection that was used
 * before is cut, and so do some pages. What the page asked for is sent as it is, with its headers and cookies, by a client
 * that repeats nothing. The page's posts are held since before it was opened, see `holdPosts`. After `act` has begun every
 * error means "unknown".
 */
export async function sentOnce<T>(page: Page, { act, answer, answerMs, to }: SentOnce<T>): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  promise.catch(() => undefined);
  let isSent = false;
  decidePosts(page, async (post) => {
    if (isSent) return post.abort(); // a page that asks again, whatever it has heard
    isSent = true;
    try {
      const response = await post.send(answerMs);
      if (!response.ok()) reject(answerLost(to, `HTTP ${response.status()}`));
      else resolve(answer.parse(await response.json()));
      await post.fulfil(response); // a page that has gone makes the post no less
    } catch (cause) {
      reject(answerLost(to, 'no readable answer', cause));
      return post.abort();
    }
  });
  const tellLate = () => reject(answerLost(to, isSent ? 'nothing came in time' : 'nothing was sent'));
  const late = setTimeout(tellLate, answerMs);
  try {
    const [answered] = await Promise.all([promise, act()]);
    return answered;
  } catch (cause) {
    isSent = true; // what the page asks for from now on comes too late
    throw cause instanceof AppError ? cause : answerLost(to, 'the click failed', cause);
  } finally {
    clearTimeout(late);
  }
}

export type SentOnce<T> = {
  act: () => Promise<void>;
  answer: z.ZodType<T>;
  answerMs: number;
  /** What it answers, for the message. */
  to: string;
};

const answerLost = (to: string, why: string, cause?: unknown): AppError =>
  new AppError('upstream_failed', `The answer to ${to} was lost: ${why}.`, { cause });
