import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { maskSecrets } from './mask-secrets.ts';
import { maskedTrace } from './masked-trace.ts';

/**
 * What a page looked like when something went wrong, for a person to read later. Never throws: a page that is gone gives
 * nulls, and the failure that led here stays the one that is told.
 */
export async function takeEvidence(page: Page): Promise<Evidence> {
  const secrets = await secretsOf(page.context());
  const [screenshot, html] = await Promise.all([
    page.screenshot({ type: 'png', timeout: TIMEOUT_MS, mask: [page.locator(secretFields)] }).catch(() => null),
    page.evaluate(copyInPage, secretFields).catch(() => null),
  ]);
  return { url: maskSecrets(page.url(), secrets), screenshot, html: html && maskSecrets(html, secrets) };
}

/** `screenshot` is a PNG of what is in view, `html` the page as it stood, both without secrets. */
export type Evidence = { url: string; screenshot: Uint8Array | null; html: string | null };

/**
 * A JPEG of what is in view, as cheap as it gets: nothing is done to the page. Null where it cannot be had, or where the
 * page shows a field for secrets, which this could not cover.
 */
export async function takePicture(page: Page): Promise<Uint8Array | null> {
  try {
    if (await page.locator(secretFields).filter({ visible: true }).count()) return null;
    const devTools = await page.context().newCDPSession(page);
    const picture = { format: 'jpeg', quality: 50, optimizeForSpeed: true } as const;
    const { data } = await devTools.send('Page.captureScreenshot', picture);
    await devTools.detach();
    return Buffer.from(data, 'base64');
  } catch {
    return null;
  }
}

/**
 * Makes a context record its calls from each `startChunk` on. Playwright begins with a part of its own, and of a part that
 * nobody ends it keeps, for as long as this process lives, where every call of every other context came from.
 */
export async function readyToTrace(context: BrowserContext): Promise<void> {
  await context.tracing.start(traceOptions);
  await context.tracing.stopChunk();
}

/** Calls and their errors only: recording pages and network takes a browser several times as long, and carries secrets. */
const traceOptions = { snapshots: false, screenshots: false, sources: false } as const;

/** Ends a part of the trace that was begun with `startChunk`, and keeps it without its secrets. */
export async function takeTrace(context: BrowserContext): Promise<Uint8Array | null> {
  const folder = await mkdtemp(join(tmpdir(), 'trace-'));
  try {
    const path = join(folder, 'trace.zip');
    const secrets = await secretsOf(context);
    await context.tracing.stopChunk({ path });
    return maskedTrace(await readFile(path), secrets);
  } catch {
    return null;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What a login consists of, as far as the browser knows it. */
export async function secretsOf(context: BrowserContext): Promise<string[]> {
  const cookies = await context.cookies().catch(() => []);
  return cookies.map(({ value }) => value);
}

const TIMEOUT_MS = 10_000;

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
