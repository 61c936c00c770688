import { setTimeout as sleep } from 'node:timers/promises';

export interface UntilOptions {
  timeoutMs: number;
  everyMs?: number;
}

/** Asks again and again until the answer is true. @returns false when the time is over. */
export async function until(
  ask: () => boolean | Promise<boolean>,
  { timeoutMs, everyMs = 50 }: UntilOptions,
): Promise<boolean> {
  for (const end = Date.now() + timeoutMs; Date.now() < end; await sleep(everyMs)) {
    if (await ask()) return true;
  }
  return ask();
}
