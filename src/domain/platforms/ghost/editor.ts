import type { Locator, Page, Request } from 'playwright-core';
import { AppError } from '../../../errors.ts';
import { capturedAnswer } from '../captured-answer.ts';
import type { Patience } from '../patience.ts';
import { press } from '../press.ts';
import { readAccount, visit } from './admin.ts';
import type { Account } from './admin.ts';
import { maybe, part } from './part.ts';
import { readPost, savedPost, savesPost } from './post.ts';
import type { StoredPost } from './post.ts';
import { selectors } from './selectors.ts';

/**
 * Opens the editor on a new post. Nothing is saved yet, and it has no id. One that is open and untouched is kept, and the
 * list of posts, where Ghost goes when one has been published, leads to one.
 */
export async function openNewPost(page: Page, patience: Patience): Promise<NewPost> {
  const isReady = (await isUntouched(page)) || (await fromList(page));
  const account = isReady ? readAccount(page) : openEditor(page, '', patience);
  const mayPublish = account.then(assertMayPublish);
  mayPublish.catch(() => undefined); // it may be asked for later
  if (!isReady) await mayPublish;
  return { title: await part(page, 'title', patience.findMs), mayPublish };
}

/** `mayPublish` rejects with AppError `needs_login` or `forbidden`; to be awaited before anything is saved. */
export type NewPost = { title: Locator; mayPublish: Promise<void> };

/**
 * Opens the editor on a post and answers what is stored of it. The editor is not waited for when it is no draft.
 * @throws AppError `draft_gone`
 */
export async function openPost(page: Page, id: string, patience: Patience): Promise<StoredPost> {
  assertMayPublish(await openEditor(page, id, patience));
  const stored = await readDraft(page, id);
  if (stored.status === 'draft') await part(page, 'title', patience.findMs);
  return stored;
}

/** What is stored of a post that was a draft. @throws AppError `draft_gone` */
export const readDraft = (page: Page, id: string): Promise<StoredPost> =>
  readPost(page, id).catch((cause: unknown) => {
    if (!(cause instanceof AppError) || cause.code !== 'not_found') throw cause;
    throw new AppError('draft_gone', 'The Ghost draft is gone.', {
      details: { platform: 'ghost', draftId: id },
      cause,
    });
  });

/** Says in the page that its editor holds the post as it is stored, for the next step to go on with. */
export const leave = (page: Page, { id, updated_at }: StoredPost): Promise<void> =>
  page.evaluate((held) => void (document.documentElement.dataset['held'] = held), `${id} ${updated_at}`);

/** Whether the editor was left with that post, for this step and once: when the post was last changed then, else null. */
export async function leftWith(page: Page, id: string): Promise<string | null> {
  const held = await page.evaluate(takeHeldInPage);
  return held?.startsWith(`${id} `) ? held.slice(id.length + 1) : null;
}

/** @throws AppError `conflict` when the post is scheduled or sent: not ours to publish again */
export function assertDraft({ id, status, url }: StoredPost): void {
  if (status === 'draft') return;
  throw new AppError('conflict', `The Ghost post is no draft any more, but "${status}".`, {
    details: { platform: 'ghost', draftId: id, status, url },
  });
}

/** Saves what is in the editor of a draft, by the keyboard, and answers what Ghost made of it. */
export const save = (page: Page, id: string, patience: Patience): Promise<StoredPost> =>
  saved(page, { id, act: () => pressSave(page) }, patience);

export const pressSave = (page: Page): Promise<void> => page.keyboard.press('ControlOrMeta+s');

/** What `act` makes a new post's editor save. */
export const firstSave = (page: Page, act: () => Promise<void>, patience: Patience): Promise<StoredPost> =>
  saved(page, { id: null, act }, patience);

async function saved(page: Page, { id, act }: Save, { answerMs }: Patience): Promise<StoredPost> {
  const isSent = (request: Request) => savesPost(request, id);
  const to = 'a save in Ghost';
  const { posts } = await capturedAnswer(page, { act, isSent, answer: savedPost, answerMs, to });
  return posts[0];
}

type Save = { id: string | null; act: () => Promise<void> };

async function openEditor(page: Page, id: string, { openMs }: Patience): Promise<Account> {
  const account = await visit(page, `#/editor/post/${id}`, openMs);
  await page.waitForLoadState('load', { timeout: openMs });
  return account;
}

/**
 * From the list of posts, where Ghost goes when it has published one and is about to congratulate: who has left by then is
 * not congratulated.
 * @returns false when the page does not lead there, for whatever reason
 */
async function fromList(page: Page): Promise<boolean> {
  try {
    if (isOnEditor(page)) await page.waitForURL(listAddress, { timeout: SOON_MS }); // it is on its way there
    if (!listAddress.test(page.url())) return false;
    await page.evaluate(() => void (location.hash = '#/editor/post/'));
    await maybe(page, 'title').first().waitFor({ timeout: SOON_MS });
    const congratulation = maybe(page, 'congratulation').first();
    if ((await congratulation.isVisible()) && !(await press(congratulation, SOON_MS))) return false;
    return await isUntouched(page);
  } catch {
    return false;
  }
}

const isUntouched = (page: Page) => page.evaluate(isUntouchedInPage, emptyParts);
const isOnEditor = (page: Page) => /#\/editor\/post\/\w/.test(page.url());
const listAddress = /#\/posts\/?$/;
const SOON_MS = 3_000;

/** Runs in the page. Ghost gives an editor the post's id in its address with the first save. */
function isUntouchedInPage({ title, body }: { title: string; body: string }): boolean {
  const field = document.querySelector(title);
  const isEmpty = field instanceof HTMLTextAreaElement && field.value === '';
  const text = document.querySelector(body)?.textContent ?? ''; // it may be on its way
  return /^#\/editor\/post\/?$/.test(location.hash) && isEmpty && text === '';
}

/** Runs in the page. */
function takeHeldInPage(): string | undefined {
  const { held } = document.documentElement.dataset;
  delete document.documentElement.dataset['held'];
  return held;
}

const emptyParts = { title: selectors.title.join(', '), body: selectors.body.join(', ') };

function assertMayPublish({ mayPublish }: Account): void {
  if (mayPublish) return;
  throw new AppError('forbidden', 'This Ghost account may not publish by itself.', { details: { platform: 'ghost' } });
}
