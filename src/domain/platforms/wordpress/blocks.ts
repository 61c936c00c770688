import type { Page } from 'playwright-core';
import { outlinesOf } from '../outline.ts';

/**
 * HTML as the markup of WordPress' blocks, made by the editor itself as when somebody converts HTML to blocks. What the
 * editor's own blocks cannot hold (code in a list item, words in brackets that look like a shortcode) goes into an HTML
 * block, element by element, so that nothing is lost.
 */
export async function blockMarkup(page: Page, html: string): Promise<string> {
  const pieces = await page.evaluate(convertInPage, html);
  const written = await page.evaluate(
    outlinesOf,
    pieces.map((piece) => piece.html),
  );
  const converted = await page.evaluate(
    outlinesOf,
    pieces.map((piece) => piece.blocks),
  );
  const isWhole = (at: number) => JSON.stringify(written[at]) === JSON.stringify(converted[at]);
  return pieces
    .map(({ html: piece, blocks }, at) => (isWhole(at) && !hasShortcode(piece) ? blocks : htmlBlock(piece)))
    .join('\n\n');
}

/** The shortcodes of WordPress itself, which it would carry out in a sentence about them. Its code block escapes them. */
const hasShortcode = (piece: string): boolean =>
  !piece.startsWith('<pre>') && /\[\/?(?:gallery|audio|video|playlist|caption|wp_caption|embed)\b/.test(piece);

/** Runs in the page: each element of the top level by itself. */
function convertInPage(html: string): { html: string; blocks: string }[] {
  const blocks = window.wp?.blocks;
  return [...new DOMParser().parseFromString(html, 'text/html').body.children].map(({ outerHTML }) => ({
    html: outerHTML,
    blocks: blocks?.serialize(blocks.rawHandler({ HTML: outerHTML })) ?? '',
  }));
}

/** A bracket as an entity reads the same and is no shortcode to WordPress. */
const htmlBlock = (html: string): string => `<!-- wp:html -->\n${html.replaceAll('[', '&#91;')}\n<!-- /wp:html -->`;
