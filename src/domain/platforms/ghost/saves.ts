import { setTimeout as wait } from 'node:timers/promises';
import type { Page, Request } from 'playwright-core';
import { AppError } from '../../../errors.ts';
import { savesPost } from './post.ts';

/** The saves of a post that its editor has under way, by itself too. */
export function watchSaves(page: Page, postId: string): SavesUnderWay {
  const underWay = new Set<Request>();
  const onBegun = (request: Request) => {
    if (savesPost(request, postId)) underWay.add(request);
  };
  const onEnded = (request: Request) => void underWay.delete(request);
  page.on('request', onBegun).on('requestfinished', onEnded).on('requestfailed', onEnded);
  return {
    async ended(timeoutMs) {
      const end = Date.now() + timeoutMs;
      await page.evaluate(afterNextFrame);
      while (underWay.size > 0) {
        if (Date.now() > end) throw new AppError('upstream_failed', 'Ghost does not answer a save.');
        await wait(20);
        if (underWay.size === 0) await page.evaluate(afterNextFrame);
      }
    },
    stop: () => void page.off('request', onBegun).off('requestfinished', onEnded).off('requestfailed', onEnded),
  };
}

export type SavesUnderWay = {
  /** Waits until none is left, those included that the last click has set off. */
  ended(timeoutMs: number): Promise<void>;
  stop(): void;
};

/** Runs in the page: what an event sets off has begun by then, and what an answer changes is changed. */
const afterNextFrame = (): Promise<void> =>
  new Promise((resolve) => {
    requestAnimationFrame(() => void setTimeout(resolve));
  });
