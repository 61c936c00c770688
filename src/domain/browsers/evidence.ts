import type { Page } from 'playwright-core';
import { maskSecrets } from './mask-secrets.ts';

/**
 * What a page looked like when something went wrong, for a person to read later. Never throws: a page that is gone gives
 * nulls, and the failure that led here stays the one that is told.
 */
export async function takeEvidence(page: Page): Promise<Evidence> {
  const cookies = await page
    .context()
    .cookies()
    .catch(() => []);
  const secrets = cookies.map(({ value }) => value);
  const [screenshot, html] = await Promise.all([
    page.screenshot({ type: 'png', timeout: timeoutMs, mask: [page.locator(secretFields)] }).catch(() => null),
    page.evaluate(copyInPage, secretFields).catch(() => null),
  ]);
  return { url: maskSecrets(page.url(), secrets), screenshot, html: html && maskSecrets(html, secrets) };
}

/** `screenshot` is a PNG of what is in view, `html` the page as it stood, both without secrets. */
export type Evidence = { url: string; screenshot: Uint8Array | null; html: string | null };

const timeoutMs = 10_000;

const secretFields =
  'input[type="password"], input[autocomplete="one-time-code"], input[autocomplete$="-password"], input[name*="nonce" i], ' +
  'input[name*="token" i], input[name*="secret" i], input[name*="csrf" i], meta[name*="csrf" i], meta[name*="token" i]';

/** Runs in the page. Scripts are emptied as a whole: they carry nonces and tokens under any name. */
function copyInPage(fields: string): string {
  const copy = document.importNode(document.documentElement, true);
  for (const script of copy.querySelectorAll('script')) script.textContent = '';
  for (const field of copy.querySelectorAll(fields)) {
    field.setAttribute(field.tagName === 'META' ? 'content' : 'value', '[masked]');
  }
  return `<!doctype html>\n${copy.outerHTML}`;
}
