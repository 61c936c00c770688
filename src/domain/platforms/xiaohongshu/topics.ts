import type { Page } from 'playwright-core';
import type { Patience } from '../patience.ts';
import { all, part } from './part.ts';

/** Writes the topics at the end of the text, each picked from the list that the page opens for it. */
export async function addTopics(page: Page, tags: readonly string[], { findMs }: Patience): Promise<void> {
  if (tags.length === 0) return;
  const body = await part(page, 'body', findMs);
  await body.press('ControlOrMeta+End', { timeout: findMs });
  await body.press('Enter', { timeout: findMs });
  for (const tag of tags) {
    await page.keyboard.type(`#${tag}`);
    await part(page, 'topicOption', findMs);
    // The list holds longer names too, and what it says about each.
    const option = all(page, 'topicOption').filter({ has: page.getByText(`#${tag}`, { exact: true }) });
    if ((await option.count()) > 0) await option.first().click({ timeout: findMs });
    else await page.keyboard.type(' '); // words after a # are a topic to readers as well
  }
  await part(page, 'topic', findMs);
}
