import type { Page } from 'playwright-core';
import { markdownToHtml } from '../markdown-html.ts';
import { drift } from '../locate.ts';
import type { Patience } from '../patience.ts';
import { escaped, titleOf } from '../plain-title.ts';
import type { PostToPrepare } from '../platform.ts';
import { assertArrived, lostIn } from '../stored-content.ts';
import { replaceBody } from './body.ts';
import { hasCover, replaceCover } from './cover.ts';
import { assertDraft, openNewPost, openPost, save } from './editor.ts';
import { part } from './part.ts';
import { readPost } from './post.ts';
import type { StoredPost } from './post.ts';
import { distinctTags, replaceTags, tagKey } from './tags.ts';

/** Writes the draft, reads it back and sees that it could be published: whatever is wrong shows here, before the click. */
export async function prepare(page: Page, post: PostToPrepare, patience: Patience): Promise<{ draftId: string }> {
  const draftId = post.draftId ?? (await newDraft(page, post, patience));
  await post.onDraftId?.(draftId);
  const stored = await openPost(page, draftId, patience);
  if (post.draftId !== null && stored.status === 'published') return { draftId }; // a late click: for `commit` to say
  assertDraft(stored);

  await (await part(page, 'title', patience.findMs)).fill(titleOf(post.title));
  await replaceTags(page, { postId: draftId, names: post.tags }, patience);
  await replaceCover(page, { stored, cover: post.cover }, patience);
  await writeBody(page, { draftId, post }, patience);
  await part(page, 'publishFlow', patience.findMs);
  return { draftId };
}

/** A draft with its title alone. Ghost gives a post its id when it is first saved, so no text of ours goes before it. */
async function newDraft(page: Page, { title }: PostToPrepare, patience: Patience): Promise<string> {
  await openNewPost(page, patience);
  const field = await part(page, 'title', patience.findMs);
  await field.fill(titleOf(title));
  return save(page, null, patience);
}

/** What the editor does not keep as it was written, it is given again as cards. */
async function writeBody(page: Page, { draftId, post }: Draft, patience: Patience): Promise<void> {
  const written = { title: escaped(titleOf(post.title)), body: markdownToHtml(post.markdown) };
  for (const asCards of [false, true]) {
    await replaceBody(page, { html: written.body, asCards }, patience);
    await save(page, draftId, patience);
    const stored = await readPost(page, draftId);
    const arrived = { title: escaped(stored.title), body: stored.html ?? '' };
    if (!asCards && (await lostIn(page, { written, stored: arrived })).length > 0) continue;
    await assertArrived(page, { platform: 'ghost', written, stored: arrived });
    assertDressed(stored, post);
    return;
  }
}

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
