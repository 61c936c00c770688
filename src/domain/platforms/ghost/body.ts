import type { Locator, Page } from 'playwright-core';
import type { Patience } from '../patience.ts';
import { part } from './part.ts';

/** Replaces the text of a draft. */
export async function replaceBody(page: Page, text: Text, { findMs }: Patience): Promise<void> {
  const body = await part(page, 'body', findMs);
  await body.focus({ timeout: findMs }); // a click might open one of the cards that it holds
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.press('Backspace');
  await pasteInto(body, text);
}

/**
 * Pastes HTML, as from another page, where the cursor of the text is or was: an exact text, of which Ghost's own editor makes
 * paragraphs and cards. `asCards`: each block as a card of HTML, which keeps whatever it is given and is not pleasant to edit.
 */
export const pasteInto = (body: Locator, { html, asCards }: Text): Promise<void> =>
  body.evaluate(pasteInPage, { html, cards: asCards ? '*' : beyondTheEditor });

export type Text = { html: string; asCards: boolean };

/** What Ghost's own lists, quotes and paragraphs do not hold, as CSS. */
const beyondTheEditor = [
  ':is(ul, ol):has(p, pre, blockquote, img)',
  'blockquote:has(> :nth-child(2), > :not(p))',
  ':has(a img)',
  ':not(p, h1, h2, h3, h4, h5, h6, ul, ol, blockquote, pre, hr)',
].join(', ');

/** Runs in the page. */
function pasteInPage(editor: Element, { html, cards }: { html: string; cards: string }): void {
  const blocks = [...new DOMParser().parseFromString(html, 'text/html').body.children].map(
    (block) =>
      block.matches(cards)
        ? `<!--kg-card-begin: html-->${block.outerHTML}<!--kg-card-end: html-->`
        : block.outerHTML.replaceAll(/(<\/?)del>/g, '$1s>'), // the one name for it that the editor knows
  );
  const clipboardData = new DataTransfer();
  clipboardData.setData('text/html', `<html><body>${blocks.join('')}`); // without a body, a comment that comes first is lost
  editor.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
}
