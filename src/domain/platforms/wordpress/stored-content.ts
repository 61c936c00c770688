import type { Page } from 'playwright-core';
import { drift } from '../locate.ts';
import { outlinesOf } from './outline.ts';

/**
 * Holds what WordPress has stored against what was written, both as HTML.
 * @throws AppError `selector_drift` naming what did not arrive
 */
export async function assertArrived(page: Page, written: WrittenPost, stored: WrittenPost): Promise<void> {
  const [title, storedTitle, body, storedBody] = await page.evaluate(outlinesOf, [
    written.title,
    stored.title,
    written.body,
    stored.body,
  ]);
  const lost = Object.keys(body ?? {}).filter((kind) => body?.[kind] !== storedBody?.[kind]);
  if (title?.['text'] !== storedTitle?.['text']) lost.unshift('title');
  if (lost.length > 0) throw drift({ platform: 'wordpress', name: `stored ${lost.join(', ')}` });
}

export type WrittenPost = { title: string; body: string };
