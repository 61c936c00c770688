import type { Locator } from 'playwright-core';

/**
 * Clicks an element as soon as it is enabled and nothing lies over it, even while it still moves: the element itself is
 * told, so nothing beside it can be hit. For the steps on the way; pages see that no hand made this click.
 * @returns whether it was clicked within `timeoutMs`
 */
export async function press(target: Locator, timeoutMs: number): Promise<boolean> {
  const endMs = Date.now() + timeoutMs;
  for (;;) {
    const leftMs = Math.max(1, endMs - Date.now());
    const seen = await target.evaluate(pressInPage, leftMs, { timeout: leftMs });
    if (seen === 'pressed') return true;
    if (Date.now() >= endMs) return false; // else the page has put another element in its place
  }
}

/** Runs in the page, frame by frame. */
async function pressInPage(element: Element, timeoutMs: number): Promise<'pressed' | 'gone' | 'covered'> {
  const endMs = performance.now() + timeoutMs;
  element.scrollIntoView({ block: 'nearest', behavior: 'instant' });
  for (; performance.now() < endMs; await new Promise(requestAnimationFrame)) {
    if (!(element instanceof HTMLElement) || !element.isConnected) return 'gone';
    const { left, top, width, height } = element.getBoundingClientRect();
    const hit = document.elementFromPoint(left + width / 2, top + height / 2);
    if (width === 0 || height === 0 || !hit || !element.contains(hit) || element.matches(':disabled')) continue;
    element.click();
    return 'pressed';
  }
  return 'covered';
}
