import type { Locator, Page } from 'playwright-core';
import { drift, isTimeout, locate } from '../locate.ts';
import type { Patience } from '../patience.ts';
import { click, maybe, part } from './part.ts';
import { selectors } from './selectors.ts';

/** What leads to publishing: the panel's button, or the last button itself where there is no panel. */
export const publishControl = (page: Page, { findMs: timeoutMs }: Patience): Promise<Locator> => {
  const candidates = [...selectors.publishPanel, ...selectors.publish];
  return locate(page, { platform: 'zhihu', name: 'publish', candidates, timeoutMs });
};

/** The button whose click publishes, seen and ready, with nothing lying over it. Opens the panel, publishes nothing. */
export async function publishButton(page: Page, patience: Patience): Promise<Locator> {
  const { findMs: timeout } = patience;
  await publishControl(page, patience);
  if (await maybe(page, 'publishPanel').isVisible()) await click(page, 'publishPanel', timeout);
  const button = await part(page, 'publish', timeout);
  await button.click({ trial: true, timeout }).catch((cause: unknown) => {
    throw isTimeout(cause) ? drift({ platform: 'zhihu', name: 'publish' }, cause) : cause;
  });
  return button;
}
