import type { Page } from 'playwright-core';
import { AppError } from '../../../errors.ts';
import { markdownToHtml } from '../markdown-html.ts';
import type { PostToPrepare } from '../platform.ts';
import { blockMarkup } from './blocks.ts';
import { coverId } from './cover.ts';
import { openEditor, saveDraft, take } from './editor.ts';
import type { OpenPost } from './editor.ts';
import type { Patience } from '../patience.ts';
import { assertArrived } from '../stored-content.ts';
import { drift } from '../locate.ts';
import { escaped, titleOf } from '../plain-title.ts';
import { publishControl } from './publish-control.ts';
import { tagIds } from './tags.ts';

/** Writes the draft and sees what the site made of it, and that it could be published: all before the click. */
export async function prepare(page: Page, post: PostToPrepare, patience: Patience): Promise<{ draftId: string }> {
  const opened = await openEditor(page, post.draftId, patience);
  if (post.draftId !== null && opened.status === 'publish') return { draftId: opened.id }; // a late click: for `commit` to say
  assertWritable(opened);
  const draftId = opened.id;
  await take(page);
  await post.onDraftId?.(draftId);

  const written = { title: escaped(titleOf(post.title)), body: markdownToHtml(post.markdown) };
  const tags = await tagIds(page, post.tags);
  const cover = await coverId(page, draftId, post.cover);
  const blocks = await blockMarkup(page, written.body);
  const limits = { untilMs: Date.now() + SAVE_WITHIN_MS, answerMs: patience.answerMs };
  await post.onDraftId?.(draftId); // it may have taken long: is the draft still this preparation's?
  const stored = await saveDraft(page, { title: written.title, blocks, tags, featured_media: cover }, limits);

  const arrived = { title: stored.title, body: stored.content };
  await assertArrived(page, { platform: 'wordpress', written, stored: arrived });
  if (stored.featured_media !== cover) throw drift({ platform: 'wordpress', name: 'stored cover' });
  if (tags.some((tag) => !stored.tags.includes(tag))) throw drift({ platform: 'wordpress', name: 'stored tags' });
  await publishControl(page, patience);
  return { draftId };
}

/** Much less than another worker needs to go on with the draft and to publish it. */
const SAVE_WITHIN_MS = 6_000;

function assertWritable({ id, status, url, mayPublish }: OpenPost): void {
  const details = { platform: 'wordpress', draftId: id, status };
  if (status !== 'draft' && status !== 'auto-draft') {
    throw new AppError('conflict', `The WordPress post is no draft any more, but "${status}".`, {
      details: { ...details, url },
    });
  }
  // A contributor's click would put the post into a review queue and answer "pending": said before, not after.
  if (!mayPublish) throw new AppError('forbidden', 'This WordPress account may not publish by itself.', { details });
}
