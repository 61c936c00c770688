import { setTimeout as wait } from 'node:timers/promises';
import type { Page } from 'playwright-core';

/** So long after its gate was reached a click may land. Settling waits for longer before it believes that nothing was posted. */
export const CLICK_WITHIN_MS = 10_000;

/**
 * From `untilMs` on, in ms since 1970, the page swallows every click and key. The page itself looks, at the moment of the
 * click: whoever is stopped between the commit gate and the click, worker or browser, clicks in vain when it goes on.
 */
export async function fenceClicks(page: Page, untilMs: number): Promise<void> {
  fenced.add(page);
  const [main, ...others] = page.frames();
  const fences = others.map((frame) => frame.evaluate(fenceInPage, untilMs).catch(() => undefined));
  await Promise.all([main?.evaluate(fenceInPage, untilMs), soon(Promise.all(fences))]);
}

/** To be called when the click has landed and was answered: nothing is left that could come late. */
export async function liftFence(page: Page): Promise<void> {
  const lifts = page.frames().map((frame) => frame.evaluate(liftInPage));
  const isLifted = await soon(Promise.all(lifts)).catch(() => undefined);
  if (isLifted) fenced.delete(page);
}

/** Leaves what is fenced, and with it whatever was still to happen there. To be called before each job. */
export async function leaveFenced(page: Page): Promise<void> {
  if (fenced.delete(page)) await page.goto('about:blank');
}

/** A frame that loads for ever has nothing to click on. */
const soon = <T>(done: Promise<T>): Promise<T | undefined> =>
  Promise.race([done, wait(FRAMES_MS, undefined, { ref: false })]);

const FRAMES_MS = 1_000;

const fenced = new WeakSet<Page>();

/** Runs in the page. */
function liftInPage(): void {
  window.dispatchEvent(new Event('fence-lifted'));
}

/** Runs in the page. On the window and in the capture phase, so before anything that the platform listens with. */
function fenceInPage(untilMs: number): void {
  const lifted = new AbortController();
  window.addEventListener('fence-lifted', () => lifted.abort(), { once: true });
  for (const kind of ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click', 'keydown', 'submit']) {
    const swallowLate = (event: Event) => {
      if (Date.now() < untilMs) return;
      event.stopImmediatePropagation();
      event.preventDefault();
    };
    window.addEventListener(kind, swallowLate, { capture: true, signal: lifted.signal });
  }
}
