import { ghostOwner } from '../../dev/stack/ghost/owner.ts';
import { sentOnce } from './bare-script.ts';
import type { BareSite, Post } from './bare-script.ts';

/** Ghost as somebody would script it who knows its editor: by the same clicks that a person makes. */
export const bareGhost: BareSite = {
  async logIn(page) {
    await page.goto('ghost/#/signin');
    await page.locator('input[name="identification"]').fill(ghostOwner.email);
    await page.locator('input[name="password"]').fill(ghostOwner.password);
    await page.locator('[data-test-button="sign-in"]').click();
    await page.locator('[data-test-nav="posts"]').waitFor();
  },

  async publish(page, { title, paragraphs }) {
    await page.goto('about:blank'); // else only the fragment changes, and the editor keeps the last post
    await page.goto('ghost/#/editor/post/', { waitUntil: 'domcontentloaded' });
    const body = page.locator('.koenig-lexical [data-lexical-editor="true"]').first();
    await body.waitFor();
    await page.locator('[data-test-editor-title-input]').fill(title);
    await body.click(); // leaving the title saves the draft
    for (const [at, paragraph] of paragraphs.entries()) {
      if (at > 0) await page.keyboard.press('Enter');
      await page.keyboard.insertText(paragraph);
    }
    await sentOnce(page, { isSent: isSave, act: () => page.keyboard.press('Control+s') });
    await page.locator('[data-test-button="publish-flow"]').first().click();
    await page.locator('[data-test-button="continue"]').click();
    const button = page.locator('[data-test-button="confirm-publish"]');
    await button.waitFor();
    const answer = await sentOnce(page, { isSent: isSave, act: () => button.click({ force: true }) });
    return urlOf(answer);
  },
};

const isSave = (url: string): boolean => /\/ghost\/api\/admin\/posts\/(?:[\da-f]{24}\/)?(?:\?|$)/.test(url);

function urlOf(answer: unknown): Post {
  const [post] = Object(answer).posts ?? [];
  const { url, status } = Object(post);
  if (typeof url !== 'string' || status !== 'published') throw new Error('Ghost did not say that it is published');
  return { url };
}
