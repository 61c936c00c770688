import type { Page } from 'playwright-core';
import { drift } from './locate.ts';
import { outlinesOf } from './outline.ts';

/**
 * Holds what a platform has stored against what was written, both as HTML.
 * @throws AppError `selector_drift` naming what did not arrive
 */
export async function assertArrived(page: Page, { platform, ...texts }: Arrival): Promise<void> {
  const lost = await lostIn(page, texts);
  if (lost.length > 0) throw drift({ platform, name: `stored ${lost.join(', ')}` });
}

/** The kinds of things that were written and are not stored as they were: none when all arrived. */
export async function lostIn(page: Page, { written, stored }: Omit<Arrival, 'platform'>): Promise<string[]> {
  const [title, storedTitle, body, storedBody] = await page.evaluate(outlinesOf, [
    written.title,
    stored.title,
    written.body,
    stored.body,
  ]);
  const lost = Object.keys(body ?? {}).filter((kind) => body?.[kind] !== storedBody?.[kind]);
  if (title?.['text'] !== storedTitle?.['text']) lost.unshift('title');
  return lost;
}

export type Arrival = { platform: string; written: WrittenPost; stored: WrittenPost };
export type WrittenPost = { title: string; body: string };
