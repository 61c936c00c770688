import { setTimeout } from 'node:timers/promises';

/**
 * Tries until it succeeds, as long as the failure is one that passes.
 * @throws the last failure after `UNTIL_MS`, any other failure at once
 */
export async function until<T>(attempt: () => Promise<T>, passes: (error: unknown) => boolean): Promise<T> {
  const end = performance.now() + UNTIL_MS;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!passes(error) || performance.now() > end) throw error;
    }
    await setTimeout(BETWEEN_MS);
  }
}

const UNTIL_MS = 60_000;
const BETWEEN_MS = 100;
