import type { Page } from 'playwright-core';
import { drift } from '../locate.ts';
import type { Patience } from '../patience.ts';
import { click, part } from './part.ts';

/** Chooses the author's declaration that the article was made with AI, and sees that it is chosen. */
export async function declareAi(page: Page, { findMs }: Patience): Promise<void> {
  const control = await part(page, 'declaration', findMs);
  if (await saysSo(control)) return; // of an earlier attempt
  await click(page, 'declaration', findMs);
  await click(page, 'declarationOfAi', findMs);
  if (!(await saysSo(control))) throw drift({ platform: 'zhihu', name: 'chosen declaration' });
}

const saysSo = async (control: { textContent(): Promise<string | null> }): Promise<boolean> =>
  ((await control.textContent()) ?? '').includes('AI');
