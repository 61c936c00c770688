import type { Locator } from 'playwright-core';
import { isTimeout } from './locate.ts';

/**
 * Clicks an element as soon as it is enabled and nothing lies over it, even while it still moves: the element itself is
 * told, so nothing beside it can be hit. For the steps on the way; pages see that no hand made this click.
 * @returns whether it was clicked within `timeoutMs`
 */
export async function press(target: Locator, timeoutMs: number): Promise<boolean> {
  const endMs = Date.now() + timeoutMs;
  for (let leftMs = timeoutMs; leftMs > 0; leftMs = endMs - Date.now()) {
    const seen = target.evaluate(pressInPage, leftMs, { timeout: leftMs });
    const isPressed = await seen.catch((error: unknown) => {
      if (isTimeout(error)) return false;
      throw error;
    });
    if (isPressed) return true; // else the page may have put another element in its place
  }
  return false;
}

/** Runs in the page, frame by frame. */
async function pressInPage(element: HTMLElement, timeoutMs: number): Promise<boolean> {
  const endMs = performance.now() + timeoutMs;
  element.scrollIntoView({ block: 'nearest', behavior: 'instant' });
  for (; element.isConnected && performance.now() < endMs; await new Promise(requestAnimationFrame)) {
    const { left, top, width, height } = element.getBoundingClientRect();
    const hit = document.elementFromPoint(left + width / 2, top + height / 2);
    if (width === 0 || height === 0 || !hit || !element.contains(hit) || element.matches(':disabled')) continue;
    element.click();
    return true;
  }
  return false;
}
