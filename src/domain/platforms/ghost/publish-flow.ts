import type { Locator, Page } from 'playwright-core';
import { drift } from '../locate.ts';
import type { Patience } from '../patience.ts';
import { maybe, part, pressPart } from './part.ts';

/** Goes through Ghost's questions up to the button whose click publishes. Publishes nothing. */
export async function confirmButton(page: Page, { findMs: timeoutMs }: Patience): Promise<Locator> {
  await pressPart(page, 'publishFlow', { timeoutMs });
  await part(page, 'publishStep', timeoutMs);
  // "TK", an editor's word for "to come", makes Ghost ask whether the post is finished.
  if (await maybe(page, 'unfinished').first().isVisible()) await pressPart(page, 'unfinished', { timeoutMs });
  await notByMail(page, timeoutMs);
  await pressPart(page, 'continue', { timeoutMs });
  return part(page, 'confirm', timeoutMs);
}

/**
 * A site with a newsletter proposes to mail the post to all its readers, which nobody has asked us for. Where mail cannot
 * be sent there is nothing to choose.
 */
async function notByMail(page: Page, timeoutMs: number): Promise<void> {
  const choice = (await part(page, 'publishType', timeoutMs)).locator('button').first();
  if (!(await choice.isVisible())) return;
  await pressPart(page, 'publishType', { timeoutMs, which: choice });
  await pressPart(page, 'publishOnly', { timeoutMs });
  const chosen = page.locator('#publish-type-publish');
  if (!(await chosen.isChecked())) throw drift({ platform: 'ghost', name: 'publishOnly' });
}
