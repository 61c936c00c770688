import { sleep } from '@temporalio/activity';
import type { SessionRegistry } from '../domain/browsers/session-registry.ts';
import { AppError } from '../errors.ts';

/** What keeps a browser worker's slots apart from the others'. */
export type SlotWorker = { workerId: string; registry: SessionRegistry; atWork: Set<string> };

/**
 * Waits for a slot, here or on another worker. A worker takes one reservation at a time, so all others wait in the task
 * queue, where the next one is taken from whichever user had least.
 * @throws AppError `browser_busy` when none got free in time
 */
export async function reserve({ registry, workerId }: SlotWorker, accountId: string): Promise<{ workerId: string }> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await registry.claim(accountId, workerId);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'browser_busy' || Date.now() > deadline) throw error;
      await sleep(BETWEEN_LOOKS_MS);
    }
  }
}

/** Keeps the account's slot while the work goes on, and for a while longer when it is to go on. */
export async function whileAtWork<T>(
  { registry, workerId, atWork }: SlotWorker,
  { accountId, isToGoOn }: { accountId: string; isToGoOn: boolean },
  work: () => Promise<T>,
): Promise<T> {
  let isOver = true;
  atWork.add(accountId);
  try {
    const result = await work();
    isOver = !isToGoOn;
    return result;
  } finally {
    atWork.delete(accountId);
    if (isOver) await registry.rest(accountId, workerId).catch(() => undefined); // the lease ends by itself
  }
}

/** Less than the activity may take. */
const PATIENCE_MS = 60_000;
const BETWEEN_LOOKS_MS = 50;
