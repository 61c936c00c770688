import { setTimeout as wait } from 'node:timers/promises';
import type { Page, Response } from 'playwright-core';
import { AppError } from '../../errors.ts';

/**
 * Opens a page of a platform. One that is on its way to another by itself, as after a click, goes there first.
 * @throws AppError `upstream_failed` when the site does not answer, or answers with an error of its own
 */
export async function openPage(page: Page, { platform, path, timeoutMs }: Opened): Promise<Response | null> {
  const details = { platform };
  for (let tries = 1; ; tries += 1) {
    try {
      const answer = await page.goto(path, { waitUntil: 'domcontentloaded', timeout: timeoutMs });
      if (!answer || answer.status() < 500) return answer;
      throw new AppError('upstream_failed', `${platform} answered ${answer.status()}.`, { details });
    } catch (cause) {
      if (cause instanceof AppError) throw cause;
      if (tries < mostTries && wasInterrupted(cause)) {
        await wait(100);
        continue;
      }
      throw new AppError('upstream_failed', `${platform} does not answer.`, { details, cause });
    }
  }
}

export type Opened = { platform: string; path: string; timeoutMs: number };

const mostTries = 5;

const wasInterrupted = (error: unknown): boolean =>
  error instanceof Error && /interrupted by another navigation|ERR_ABORTED/.test(error.message);
