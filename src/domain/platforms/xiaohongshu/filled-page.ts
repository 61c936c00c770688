import type { Page } from 'playwright-core';
import { AppError } from '../../../errors.ts';
import { textWithTopics } from '../plain-text.ts';
import { titleOf } from '../plain-title.ts';
import type { PostContent } from '../platform.ts';
import { all } from './part.ts';
import { refusals, selectors } from './selectors.ts';

/** What in the page is not as it was meant, by name; none when all is there. Read-only. */
export async function missingIn(page: Page, content: PostContent): Promise<string[]> {
  const { title, text, declared, pictures, topics } = await page.evaluate(readInPage, selectors);
  const wrong = {
    title: title !== titleOf(content.title),
    text: squeezed(text) !== squeezed(textWithTopics(content)),
    topics: topics < new Set(content.tags).size,
    pictures: pictures === 0,
    declaration: content.aiGenerated === true && !declared.includes('AI'),
    'schedule switched off': await isScheduled(page),
  };
  return Object.entries(wrong)
    .filter(([, isWrong]) => isWrong)
    .map(([name]) => name);
}

/** @throws AppError `unprocessable` when the page itself says that something is too long */
export async function assertNotRefused(page: Page): Promise<void> {
  for (const css of refusals) {
    const words = page.locator(css).first();
    if (!(await words.isVisible())) continue;
    const details = { platform: 'xiaohongshu', field: css.includes('title') ? 'title' : 'markdown' };
    throw new AppError('unprocessable', `Xiaohongshu refuses it: ${await words.textContent()}.`, { details });
  }
}

/** Words alone: how lines and spaces are kept is the editor's business, and topics are shown with a mark of their own. */
export const squeezed = (text: string): string => text.replaceAll('[话题]#', '').replaceAll(/[\s\u200b\ufeff]+/gu, '');

/** A note that waits for a time of its own would not be public when we say so. */
async function isScheduled(page: Page): Promise<boolean> {
  const timer = all(page, 'schedule').first();
  return (await timer.count()) > 0 && timer.isChecked({ timeout: 1_000 });
}

type Shown = {
  title: string;
  text: string;
  declared: string;
  pictures: number;
  topics: number;
};

/** Runs in the page. The candidates of these are such as a browser itself understands. */
function readInPage(parts: Pick<typeof selectors, 'title' | 'body' | 'declared' | 'imageShown' | 'topic'>): Shown {
  const one = (name: keyof typeof parts) => document.querySelector<HTMLElement>(parts[name].join(', '));
  const count = (name: keyof typeof parts) => document.querySelectorAll(parts[name].join(', ')).length;
  const title = one('title');
  return {
    title: title instanceof HTMLInputElement ? title.value : '',
    text: one('body')?.innerText ?? '',
    declared: one('declared')?.textContent ?? '',
    pictures: count('imageShown'),
    topics: count('topic'),
  };
}
