import type { Page } from 'playwright-core';
import { drift, isTimeout } from '../locate.ts';
import type { Patience } from '../patience.ts';
import { click, maybe, part } from './part.ts';
import { watchSaves } from './saves.ts';

/**
 * Gives the open post these tags and no others, in its settings. Ghost makes those that it has not. One at a time: some
 * choices are saved at once, and when a save is answered the editor forgets the tags that came after it began.
 */
export async function replaceTags(page: Page, { postId, names }: Tagged, patience: Patience): Promise<void> {
  const { findMs: timeoutMs, answerMs } = patience;
  const saves = watchSaves(page, postId);
  try {
    await click(page, 'settingsToggle', { timeoutMs });
    await part(page, 'tagInput', timeoutMs);
    const removers = maybe(page, 'tagRemove');
    for (let left = await removers.count(); left > 0; left -= 1) {
      await click(page, 'tagRemove', { timeoutMs, which: removers.last() });
      await saves.ended(answerMs);
    }
    for (const name of distinctTags(names)) {
      await saves.ended(answerMs);
      await addTag(page, name, timeoutMs);
    }
    await saves.ended(answerMs);
    await click(page, 'settingsToggle', { timeoutMs });
  } finally {
    saves.stop();
  }
}

export type Tagged = { postId: string; names: readonly string[] };

/**
 * Without those that Ghost takes for the same, the first spelling of each. Its search for a tag fails on a straight double
 * quote, so a curly one stands for it.
 */
export function distinctTags(names: readonly string[]): string[] {
  const byKey = new Map<string, string>();
  for (const name of names) {
    if (!byKey.has(tagKey(name))) byKey.set(tagKey(name), name.trim().replaceAll('"', '”'));
  }
  return [...byKey.values()];
}

/** Two names that differ in case alone are one tag. */
export const tagKey = (name: string): string => name.trim().toLowerCase();

async function addTag(page: Page, name: string, timeoutMs: number): Promise<void> {
  const options = maybe(page, 'tagOption');
  const exact = name.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`).replaceAll(/\s+/g, String.raw`\s+`);
  try {
    await maybe(page, 'tagInput').fill(name, { timeout: timeoutMs });
    // The list that was there before the search would be taken away under the click.
    await options.filter({ hasNotText: name }).first().waitFor({ state: 'detached', timeout: timeoutMs });
    // The tag itself where Ghost has it, else the offer to make it: Add "name"... Ghost has it twice where two posts made
    // it in the same moment.
    const option = new RegExp(String.raw`^\s*(?:\S+ "${exact}"\.\.\.|${exact})\s*$`, 'i');
    await options.filter({ hasText: option }).first().click({ timeout: timeoutMs });
    const chosen = maybe(page, 'tagChosen').filter({ hasText: new RegExp(String.raw`^\s*${exact}\s*$`, 'i') });
    await chosen.waitFor({ timeout: timeoutMs });
  } catch (cause) {
    throw isTimeout(cause) ? drift({ platform: 'ghost', name: 'tagOption' }, cause) : cause;
  }
}
