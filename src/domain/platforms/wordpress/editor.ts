import type { Page } from 'playwright-core';
import { z } from 'zod';
import { AppError } from '../../../errors.ts';
import { drift, isTimeout, locate } from '../locate.ts';
import type { Patience } from '../patience.ts';
import { readAccountId, readPost } from './post.ts';
import { refusal } from './rest.ts';
import { canvasFrame, selectors } from './selectors.ts';
import { visit } from './visit.ts';
import './wp-globals.ts';

/**
 * Opens the draft, or a new post, in the block editor. An untouched editor that shows it already, and a new post that nobody
 * has taken, is left as it is.
 * @throws AppError `draft_gone`
 */
export async function openEditor(page: Page, draftId: string | null, patience: Patience): Promise<OpenPost> {
  const shown = await openPost(page);
  if (shown && !shown.dirty && (draftId === null ? shown.isFree : shown.id === draftId)) {
    await closeGuide(page);
    return shown;
  }

  const path = draftId === null ? 'wp-admin/post-new.php' : `wp-admin/post.php?post=${draftId}&action=edit`;
  const answer = await visit(page, path, patience.openMs);
  if (answer && !answer.ok()) throw await refusedEditor(page, draftId, answer.status());
  await editorReady(page, patience);
  const opened = await openPost(page);
  if (!opened) throw drift({ platform: 'wordpress', name: 'editor' });
  return opened;
}

/** The post in the editor as the editor knows it. A post that was never saved is an `auto-draft` and has its id. */
export type OpenPost = {
  id: string;
  status: string;
  url: string;
  mayPublish: boolean;
  dirty: boolean;
  isFree: boolean;
};

/** Says in the page that its new post is a publication's: no other one may go on with it. */
export const take = (page: Page): Promise<void> =>
  page.evaluate(() => void (document.documentElement.dataset['taken'] = 'yes'));

/**
 * Replaces all that the open post has and saves it as a draft, without the keyboard: an exact text, whatever is in it.
 * @returns what WordPress then says that it has stored
 */
export async function saveDraft(page: Page, draft: DraftContent, limits: SaveLimits): Promise<StoredDraft> {
  const { error, stored } = await page.evaluate(saveInPage, { ...draft, ...limits });
  if (error?.status === 504) await readAccountId(page); // WordPress repeats for ever what it refuses for want of a login
  if (error) throw refusal(error.status, JSON.stringify(error));
  const { data } = storedDraft.safeParse(stored);
  if (data) return data;
  throw new AppError('upstream_failed', 'WordPress answered the save in a form that is not known.');
}

/**
 * Not begun after `untilMs`: a post that another worker has published meanwhile would become a draft again. And not waited
 * for longer than `answerMs`.
 */
export type SaveLimits = { untilMs: number; answerMs: number };

/** `title` is HTML, since WordPress reads it as such; `blocks` is block markup. */
export type DraftContent = { title: string; blocks: string; tags: number[]; featured_media: number };

const storedDraft = z.object({
  title: z.string(),
  content: z.string(),
  tags: z.array(z.int()),
  featured_media: z.int(),
});
export type StoredDraft = z.infer<typeof storedDraft>;

/** Runs in the page. The editor keeps each answer of the site as a record, raw as it is stored. */
async function saveInPage({ blocks, untilMs, answerMs, ...edits }: DraftContent & SaveLimits): Promise<Saved> {
  const { wp } = window;
  const editor = wp?.data.select('core/editor');
  if (!wp || !editor) return { error: { status: 500, message: 'the editor is gone' } };
  const actions = wp.data.dispatch('core/editor');
  await actions.resetEditorBlocks(wp.blocks.parse(blocks));
  await actions.editPost({ ...edits, status: 'draft' });
  if (Date.now() >= untilMs) return { error: { status: 504, message: 'the moment for the save has passed' } };
  const tooLong = new Promise<'too long'>((resolve) => setTimeout(() => resolve('too long'), answerMs));
  if ((await Promise.race([actions.savePost(), tooLong])) === 'too long')
    return { error: { status: 504, message: 'the save does not end' } };
  const of = ['postType', 'post', editor.getCurrentPostId() ?? 0] as const;
  if (editor.didPostSaveRequestSucceed()) {
    const { title, content, tags, featured_media } = Object(wp.data.select('core').getRawEntityRecord(...of));
    return { error: null, stored: { title, content, tags, featured_media } };
  }
  const { code, message, data } = Object(wp.data.select('core').getLastEntitySaveError(...of));
  return { error: { status: Number(data?.status ?? 500), code: String(code), message: String(message) } };
}

type Saved = { error: SaveError | null; stored?: unknown };
type SaveError = { status: number; code?: string; message: string };

const openPost = (page: Page): Promise<OpenPost | null> =>
  page.evaluate(() => {
    const editor = window.wp?.data?.select('core/editor');
    const id = editor?.getCurrentPostId();
    if (!editor || !id) return null;
    const { status = '', link: url = '', _links: links = {} } = editor.getCurrentPost();
    const isFree = status === 'auto-draft' && !document.documentElement.dataset['taken'];
    const mayPublish = 'wp:action-publish' in links;
    return { id: String(id), status, url, mayPublish, dirty: editor.isEditedPostDirty(), isFree };
  });

async function editorReady(page: Page, { openMs, findMs }: Patience): Promise<void> {
  const opened = page.waitForFunction(() => window.wp?.data?.select('core/editor')?.getCurrentPostId(), null, {
    timeout: openMs,
  });
  await opened.catch((cause: unknown) => {
    throw isTimeout(cause) ? drift({ platform: 'wordpress', name: 'editor' }, cause) : cause;
  });
  await closeGuide(page);
  const { title: candidates } = selectors;
  await locate(page, { platform: 'wordpress', name: 'title', candidates, frame: canvasFrame, timeoutMs: findMs });
}

/**
 * The guide for newcomers lies over the buttons. On a slow site it comes back once when the stored preferences arrive late,
 * so it is looked for before each step; where it is off already, saying so again would only be another save of the site's.
 */
const closeGuide = (page: Page) =>
  page.evaluate(() => {
    const preference = ['core/edit-post', 'welcomeGuide'] as const;
    if (window.wp?.data.select('core/preferences').get(...preference) !== false)
      window.wp?.data.dispatch('core/preferences').set(...preference, false);
  });

/** WordPress answers 500 when a draft is gone or in the trash, as for real failures: its API tells them apart. */
async function refusedEditor(page: Page, draftId: string | null, status: number): Promise<AppError> {
  const details = { platform: 'wordpress', status, draftId };
  if (status === 403) return new AppError('forbidden', 'This WordPress account may not write posts.', { details });
  const state = draftId === null ? 'unknown' : await stateOf(page, draftId);
  if (state !== 'gone' && state !== 'trash')
    return new AppError('upstream_failed', `WordPress answered ${status}.`, { details: { ...details, state } });
  return new AppError('draft_gone', `WordPress does not open the draft: its state is "${state}".`, { details });
}

async function stateOf(page: Page, draftId: string): Promise<string> {
  try {
    return (await readPost(page, draftId)).status;
  } catch (error) {
    return error instanceof AppError && error.code === 'not_found' ? 'gone' : 'unknown';
  }
}
