import type { Locator, Page } from 'playwright-core';
import { locate } from '../locate.ts';
import type { Patience } from '../patience.ts';
import { selectors } from './selectors.ts';

/** The button that leads to publishing: the panel's toggle, or the button itself where people switched the panel off. */
export async function publishControl(page: Page, { findMs: timeoutMs }: Patience): Promise<Locator> {
  const candidates = [...selectors.publishToggle, ...selectors.directPublishButton];
  return locate(page, { platform: 'wordpress', name: 'publishToggle', candidates, timeoutMs });
}

/** The button whose click publishes, seen and ready, with nothing lying over it. Opens the panel, publishes nothing. */
export async function publishButton(page: Page, patience: Patience): Promise<Locator> {
  const { findMs: timeoutMs } = patience;
  const panelButton = page.locator(selectors.publishButton.join(', ')).first();
  if (await panelButton.isVisible()) return ready(panelButton, timeoutMs);

  const control = await publishControl(page, patience);
  if (!(await page.locator(selectors.publishToggle.join(', ')).first().isVisible())) return ready(control, timeoutMs);
  await control.click({ timeout: timeoutMs });
  const { publishButton: candidates } = selectors;
  const button = await locate(page, { platform: 'wordpress', name: 'publishButton', candidates, timeoutMs });
  return ready(button, timeoutMs);
}

async function ready(button: Locator, timeoutMs: number): Promise<Locator> {
  await button.click({ trial: true, timeout: timeoutMs });
  return button;
}
