import type { Page } from 'playwright-core';
import type { BareSite, Post } from './bare-script.ts';
import { sentOnce } from './bare-script.ts';

/** WordPress as somebody would script it who knows its editor: by the same clicks that a person makes. */
export const bareWordPress: BareSite = {
  async logIn(page) {
    await page.goto('wp-login.php');
    await page.waitForFunction(() => document.activeElement?.id === 'user_login');
    await page.locator('#user_login').fill('author1');
    await page.locator('#user_pass').fill('author1-password');
    await page.locator('#wp-submit').click();
    await page.waitForURL('**/wp-admin/**');
  },

  async publish(page, { title, paragraphs }) {
    await page.goto('wp-admin/post-new.php', { waitUntil: 'domcontentloaded' });
    await page.waitForFunction(
      // as text, since the page's own globals are its own business
      'window.wp?.data?.select("core/editor")?.getCurrentPostId()',
    );
    await page.evaluate('wp.data.dispatch("core/preferences").set("core/edit-post", "welcomeGuide", false)');
    const field = titleField(page);
    await field.fill(title);
    await field.press('Enter');
    for (const [at, paragraph] of paragraphs.entries()) {
      if (at > 0) await page.keyboard.press('Enter');
      await page.keyboard.insertText(paragraph);
    }
    await sentOnce(page, { isSent: isSave, act: () => page.locator('.editor-post-save-draft').click() });
    await page.locator('.editor-post-publish-panel__toggle').click();
    const button = page.locator('.editor-post-publish-panel .editor-post-publish-button');
    const answer = await sentOnce(page, { isSent: isSave, act: () => button.click() });
    return linkOf(answer);
  },
};

const titleField = (page: Page) =>
  page
    .frameLocator('iframe[name="editor-canvas"]')
    .locator('.editor-post-title__input')
    .or(page.locator('.editor-post-title__input'));

const isSave = (url: string): boolean => /\/wp\/v2\/posts\/\d+(?:[?&]|$)/.test(decodeURIComponent(url));

function linkOf(answer: unknown): Post {
  const { link } = Object(answer);
  if (typeof link !== 'string') throw new Error('WordPress did not answer with a link');
  return { url: link };
}
