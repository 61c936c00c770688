import type { Locator, Page } from 'playwright-core';
import { markdownToHtml } from '../markdown-html.ts';
import { drift } from '../locate.ts';
import type { Patience } from '../patience.ts';
import { escaped, titleOf } from '../plain-title.ts';
import type { PostToPrepare } from '../platform.ts';
import { assertArrived, lostIn } from '../stored-content.ts';
import { replaceBody } from './body.ts';
import { hasCover, replaceCover } from './cover.ts';
import { assertDraft, leave, openNewPost, openPost, save } from './editor.ts';
import { part } from './part.ts';
import { readPost } from './post.ts';
import type { StoredPost } from './post.ts';
import { distinctTags, replaceTags, tagKey } from './tags.ts';

/** Writes the draft, reads it back and sees that it could be published: whatever is wrong shows here, before the click. */
export async function prepare(page: Page, post: PostToPrepare, patience: Patience): Promise<{ draftId: string }> {
  const stored =
    post.draftId === null
      ? await newDraft(page, post, patience)
      : await openDraft(page, { ...post, draftId: post.draftId }, patience);
  const draftId = stored.id;
  await post.onDraftId?.(draftId);
  if (stored.status === 'published') return { draftId }; // a late click: for `commit` to say

  if (stored.tags.length + post.tags.length > 0)
    await replaceTags(page, { postId: draftId, names: post.tags }, patience);
  await replaceCover(page, { stored, cover: post.cover }, patience);
  const written = await writeBody(page, { draftId, post }, patience);
  await part(page, 'publishFlow', patience.findMs);
  await leave(page, written);
  return { draftId };
}

/** A draft with its title alone. Ghost gives a post its id when it is first saved, so no text of ours goes before it. */
async function newDraft(page: Page, { title }: PostToPrepare, patience: Patience): Promise<StoredPost> {
  await fillTitle(await openNewPost(page, patience), title);
  const saved = await save(page, null, patience);
  // The editor is that of a new post until its address says otherwise, and forgets then what was typed meanwhile.
  await page.waitForURL(`**/${saved.id}`, { timeout: patience.answerMs });
  return saved;
}

/** A draft of an earlier attempt, under its title of now. */
async function openDraft(page: Page, { draftId, title }: EarlierDraft, patience: Patience): Promise<StoredPost> {
  const stored = await openPost(page, draftId, patience);
  if (stored.status === 'published') return stored;
  assertDraft(stored);
  await fillTitle(await part(page, 'title', patience.findMs), title);
  return stored;
}

type EarlierDraft = { draftId: string; title: string };

const fillTitle = (field: Locator, title: string): Promise<void> => field.fill(titleOf(title));

/** What the editor does not keep as it was written, it is given again as cards. @returns what is stored in the end */
async function writeBody(page: Page, { draftId, post }: Draft, patience: Patience): Promise<StoredPost> {
  const written = { title: escaped(titleOf(post.title)), body: markdownToHtml(post.markdown) };
  const write = async (asCards: boolean) => {
    await replaceBody(page, { html: written.body, asCards, isNew: post.draftId === null && !asCards }, patience);
    await save(page, draftId, patience);
    return readPost(page, draftId);
  };
  const asText = await write(false);
  const isWhole = (await lostIn(page, { written, stored: arrived(asText) })).length === 0;
  const stored = isWhole ? asText : await write(true);
  if (!isWhole) await assertArrived(page, { platform: 'ghost', written, stored: arrived(stored) });
  assertDressed(stored, post);
  return stored;
}

const arrived = ({ title, html }: StoredPost) => ({ title: escaped(title), body: html ?? '' });

type Draft = { draftId: string; post: PostToPrepare };

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
