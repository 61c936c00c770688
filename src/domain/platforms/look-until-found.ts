import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '../../errors.ts';
import type { Settlement } from './platform.ts';

/**
 * Looks until the post is found or `waitMs` are over: a request that was under way when its browser died may still be
 * carried out, so one look that finds nothing proves nothing.
 */
export async function lookUntilFound(look: () => Promise<Settlement>, { waitMs, pollMs }: Waits): Promise<Settlement> {
  const end = Date.now() + waitMs;
  for (;;) {
    const seen = await look().catch(unknown);
    if (seen.outcome === 'published' || Date.now() >= end) return seen;
    await wait(Math.max(0, Math.min(pollMs, end - Date.now())));
  }
}

export type Waits = { waitMs: number; pollMs: number };

/** A logged-out or warned account is its owner's business and ends the look; anything else may be better the next time. */
function unknown(error: unknown): Settlement {
  if (error instanceof AppError && (error.code === 'needs_login' || error.code === 'risk_signal')) throw error;
  return { outcome: 'unknown', reason: error instanceof Error ? error.message : String(error) };
}

/** The platform's clock and ours may differ, and some drop the fraction of a second. */
export const clockSkewMs = 5 * 60_000;
