import type { Locator, Page } from 'playwright-core';
import { markdownToHtml } from '../markdown-html.ts';
import { drift } from '../locate.ts';
import type { Patience } from '../patience.ts';
import { escaped, titleOf } from '../plain-title.ts';
import type { PostToPrepare } from '../platform.ts';
import { assertArrived, lostIn } from '../stored-content.ts';
import { pasteInto, replaceBody } from './body.ts';
import { hasCover, replaceCover } from './cover.ts';
import { assertDraft, firstSave, leave, openNewPost, openPost, pressSave, save } from './editor.ts';
import { part } from './part.ts';
import { readPost } from './post.ts';
import type { StoredPost } from './post.ts';
import { distinctTags, replaceTags, tagKey } from './tags.ts';

/** Writes the draft, reads it back and sees that it could be published: whatever is wrong shows here, before the click. */
export async function prepare(page: Page, post: PostToPrepare, patience: Patience): Promise<{ draftId: string }> {
  const written = { title: escaped(titleOf(post.title)), body: markdownToHtml(post.markdown) };
  const isNew = post.draftId === null;
  const begun = await (isNew
    ? newDraft(page, { post, html: written.body }, patience)
    : openDraft(page, post, patience));
  const draftId = begun.id;
  if (begun.status === 'published') return { draftId }; // a late click: for `commit` to say

  const isDressed = await dress(page, { stored: begun, post }, patience);
  if (!isNew) await replaceBody(page, { html: written.body, asCards: false }, patience);
  if (!isNew || isDressed) await save(page, draftId, patience);
  const stored = await wholeDraft(page, { draftId, written }, patience);
  assertDressed(stored, post);
  await Promise.all([part(page, 'publishFlow', patience.findMs), leave(page, stored)]);
  return { draftId };
}

/** A new draft with title and text, in one save: Ghost's editor saves a new post by itself when its text begins. */
async function newDraft(page: Page, { post, html }: NewDraft, patience: Patience): Promise<StoredPost> {
  const { title, mayPublish } = await openNewPost(page, patience);
  const body = await part(page, 'body', patience.findMs);
  await body.focus({ timeout: patience.findMs });
  await fillTitle(title, post.title); // which is not left any more: leaving it would save it alone
  await mayPublish;
  const saved = await firstSave(
    page,
    () => (html === '' ? pressSave(page) : pasteInto(body, { html, asCards: false })),
    patience,
  );
  await post.onDraftId?.(saved.id);
  // The editor is that of a new post until its address says otherwise, and forgets then what was typed meanwhile.
  await page.waitForURL(`**/${saved.id}`, { timeout: patience.answerMs });
  return saved;
}

type NewDraft = { post: PostToPrepare; html: string };

/** A draft of an earlier attempt, under its title of now. */
async function openDraft(page: Page, { draftId, title }: PostToPrepare, patience: Patience): Promise<StoredPost> {
  const stored = await openPost(page, draftId ?? '', patience);
  if (stored.status === 'published') return stored;
  assertDraft(stored);
  await fillTitle(await part(page, 'title', patience.findMs), title);
  return stored;
}

const fillTitle = (field: Locator, title: string): Promise<void> => field.fill(titleOf(title));

/** Tags and cover. @returns whether there was anything to do */
async function dress(page: Page, { stored, post }: Dressed, patience: Patience): Promise<boolean> {
  const { tags, cover } = post;
  const isTagged = stored.tags.length + tags.length > 0;
  const isCovered = !hasCover(stored, cover);
  if (isTagged) await replaceTags(page, { postId: stored.id, names: tags }, patience);
  if (isCovered) await replaceCover(page, { stored, cover }, patience);
  return isTagged || isCovered;
}

type Dressed = { stored: StoredPost; post: PostToPrepare };

/**
 * What the editor did not keep as it was written, it is given again as cards; when it kept nothing, for want of a save, as
 * text first. @returns what is stored in the end
 */
async function wholeDraft(page: Page, { draftId, written }: Draft, patience: Patience): Promise<StoredPost> {
  const isWhole = async (stored: StoredPost) => (await lostIn(page, { written, stored: arrived(stored) })).length === 0;
  const again = async (asCards: boolean) => {
    await replaceBody(page, { html: written.body, asCards }, patience);
    await save(page, draftId, patience);
    return readPost(page, draftId);
  };
  let stored = await readPost(page, draftId);
  if (!stored.html && written.body !== '') stored = await again(false);
  if (await isWhole(stored)) return stored;
  stored = await again(true);
  await assertArrived(page, { platform: 'ghost', written, stored: arrived(stored) });
  return stored;
}

const arrived = ({ title, html }: StoredPost) => ({ title: escaped(title), body: html ?? '' });

type Draft = { draftId: string; written: { title: string; body: string } };

function assertDressed(stored: StoredPost, { cover, tags }: PostToPrepare): void {
  if (!hasCover(stored, cover)) throw drift({ platform: 'ghost', name: 'stored cover' });
  const wanted = keysOf(distinctTags(tags));
  if (keysOf(stored.tags.map(({ name }) => name)) !== wanted) throw drift({ platform: 'ghost', name: 'stored tags' });
}

const keysOf = (tags: readonly string[]): string =>
  tags
    .map((tag) => tagKey(tag))
    .sort()
    .join('\n');
