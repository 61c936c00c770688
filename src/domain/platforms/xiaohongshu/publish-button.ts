import { setTimeout as wait } from 'node:timers/promises';
import type { Locator, Page } from 'playwright-core';
import { drift } from '../locate.ts';
import type { Patience } from '../patience.ts';
import { part } from './part.ts';
import { publishPoint } from './selectors.ts';

/** The point at which a click publishes: of a button that is ready, with nothing lying over it. Publishes nothing. */
export async function publishButton(page: Page, { findMs }: Patience): Promise<Point> {
  const button = await part(page, 'publish', findMs);
  await button.scrollIntoViewIfNeeded({ timeout: findMs });
  for (const end = Date.now() + findMs; ; await wait(20)) {
    const point = await readyPoint(button);
    if (point) return point;
    if (Date.now() > end) throw drift({ platform: 'xiaohongshu', name: 'publish' });
  }
}

export type Point = { x: number; y: number };

const readyPoint = (button: Locator): Promise<Point | null> =>
  button.evaluate(readyPointInPage, publishPoint.fromRight);

/** Runs in the page. Of a closed shadow root nothing is to be seen but its host, and what the host says. */
function readyPointInPage(button: Element, fromRight: number): Point | null {
  const isHost = button.hasAttribute('submit-disabled');
  const isReady = isHost ? button.getAttribute('submit-disabled') === 'false' : !button.hasAttribute('disabled');
  const { left, right, top, height, width } = button.getBoundingClientRect();
  const point = { x: isHost ? right - fromRight : left + width / 2, y: top + height / 2 };
  const hit = document.elementFromPoint(point.x, point.y);
  return isReady && hit !== null && (hit === button || button.contains(hit)) ? point : null;
}
