import type { Page } from 'playwright-core';
import { drift } from '../locate.ts';
import type { Patience } from '../patience.ts';
import { click, part } from './part.ts';

/** Declares that the note holds what AI made, and sees that it is chosen. */
export async function declareAi(page: Page, { findMs }: Patience): Promise<void> {
  await click(page, 'declaration', findMs);
  await click(page, 'declarationOfAi', findMs);
  const chosen = await (await part(page, 'declared', findMs)).textContent();
  if (!chosen?.includes('AI')) throw drift({ platform: 'xiaohongshu', name: 'chosen declaration' });
}
