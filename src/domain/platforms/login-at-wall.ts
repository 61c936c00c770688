import type { Locator, Page } from 'playwright-core';
import { isTimeout } from './locate.ts';
import { loginWall } from './login-wall.ts';
import type { LoginReason, LoginSignals } from './login-wall.ts';
import type { PlatformLogin } from './platform.ts';

/**
 * The login of a platform that shows a wall, from what its pages are known by. It shows what is asked and types what a person
 * sent; a question that stands in no `asks`, as a puzzle that wants a mouse, is none that can be answered from afar.
 */
export function loginAtWall({ signals, asks, isInside }: WallLogin): PlatformLogin {
  async function asked(page: Page): Promise<{ reason: LoginReason; ask: Ask } | null> {
    const reason = await loginWall(page, signals);
    const ask = reason && asks[reason];
    if (!reason || !ask) return null;
    return !ask.code || (await seen(page, ask.code.field).isVisible()) ? { reason, ask } : null;
  }

  return {
    async challenge(page) {
      const found = await asked(page);
      if (!found) return null;
      const { reason, ask } = found;
      if (ask.renew) await renew(seen(page, ask.renew));
      const picture = ask.picture ? seen(page, ask.picture) : null;
      return { reason, prompt: ask.prompt, picture, acceptsCode: ask.code !== undefined };
    },

    isSolved: async (page) => (await loginWall(page, signals)) === null && isInside(page),

    async answer(page, code) {
      const found = await asked(page);
      return found?.ask.code ? typed(page, code, found.ask.code) : 'refused';
    },
  };
}

export type WallLogin = {
  signals: LoginSignals;
  asks: Partial<Record<LoginReason, Ask>>;
  /** Asked while there is no wall to be seen. Read-only; a page that is just changing is `false`. */
  isInside: (page: Page) => boolean | Promise<boolean>;
};

/** Each part by its selectors. `renew` is there when the picture has run out, and gives another. */
export type Ask = { prompt: string; picture?: Css; renew?: Css; code?: CodeForm };
export type CodeForm = { field: Css; send: Css; refused: Css };
type Css = readonly string[];

/** It is shown again at the next look, when it could not be clicked now. */
async function renew(button: Locator): Promise<void> {
  if (await button.isVisible()) await button.click({ timeout: ACT_MS }).catch(unlessTimeout);
}

async function typed(page: Page, code: string, form: CodeForm): Promise<'accepted' | 'refused'> {
  const [field, words] = [seen(page, form.field), seen(page, form.refused)];
  try {
    await field.fill(code, { timeout: ACT_MS });
    const isOfBefore = await words.isVisible(); // said of an earlier code: it tells nothing of this one
    await seen(page, form.send).click({ timeout: ACT_MS });
    const gone = field.waitFor({ state: 'hidden', timeout: VERDICT_MS });
    await (isOfBefore ? gone : Promise.race([gone, words.waitFor({ timeout: VERDICT_MS })]));
    await page.waitForLoadState('domcontentloaded', { timeout: VERDICT_MS });
  } catch (error) {
    unlessTimeout(error);
  }
  return (await field.isVisible()) ? 'refused' : 'accepted';
}

const seen = (page: Page, css: Css): Locator => page.locator(css.join(', ')).filter({ visible: true }).first();

function unlessTimeout(error: unknown): void {
  if (!isTimeout(error)) throw error;
}

/** Together less than the time for which an offer stands without a look. */
const ACT_MS = 2_000;
const VERDICT_MS = 5_000;
