import type { Page } from 'playwright-core';
import { AppError } from '../../../errors.ts';
import { holdPosts } from '../held-posts.ts';
import { drift } from '../locate.ts';
import { replaceByPaste } from '../paste.ts';
import type { Patience } from '../patience.ts';
import { markdownToPlainText } from '../plain-text.ts';
import { titleOf } from '../plain-title.ts';
import type { PostToPrepare } from '../platform.ts';
import { uploadOneByOne } from '../upload.ts';
import { declareAi } from './declaration.ts';
import { assertNotRefused, missingIn } from './filled-page.ts';
import { openNoteList } from './note-list.ts';
import { all, click, part } from './part.ts';
import { publishButton } from './publish-button.ts';
import { createPath } from './selectors.ts';
import { addTopics } from './topics.ts';
import { visit } from './visit.ts';

/**
 * Fills the publish page and reads it back. A note has no id before it is public and the page is all that there is, so it
 * is seen first that the list can be read in which the note would have to be found again.
 */
export async function prepare(page: Page, post: PostToPrepare, patience: Patience): Promise<{ draftId: null }> {
  const pictures = [...(post.cover ? [post.cover] : []), ...(post.images ?? [])];
  if (pictures.length === 0)
    throw new AppError('unprocessable', 'A note on Xiaohongshu needs a picture.', { details: { field: 'images' } });
  const { findMs, answerMs } = patience;
  await openNoteList(page, patience);
  await openPublishPage(page, patience);

  await uploadOneByOne({
    platform: 'xiaohongshu',
    field: () => part(page, 'imageInput', findMs),
    shown: all(page, 'imageShown'),
    files: pictures,
    timeoutMs: Math.min(answerMs, findMs * 3),
  });
  await (await part(page, 'title', findMs)).fill(titleOf(post.title));
  const text = markdownToPlainText(post.markdown);
  await replaceByPaste(await part(page, 'body', findMs), { html: '', text, timeoutMs: findMs });
  await addTopics(page, post.tags, patience);
  if (post.aiGenerated === true) await declareAi(page, patience);
  await part(page, 'schedule', findMs);
  await assertFilled(page, post, pictures.length);
  await publishButton(page, patience);
  return { draftId: null };
}

/** Opens an empty publish page for pictures, which publishes nothing until `commit` does. */
export async function openPublishPage(page: Page, { openMs, findMs }: Patience): Promise<void> {
  await holdPosts(page, createPath);
  await visit(page, 'publish/publish?from=homepage&target=image', openMs);
  await click(page, 'imageTab', findMs);
  await part(page, 'imageInput', findMs);
}

async function assertFilled(page: Page, post: PostToPrepare, pictures: number): Promise<void> {
  await assertNotRefused(page);
  const missing = await missingIn(page, post);
  if ((await all(page, 'imageShown').count()) !== pictures) missing.push('pictures');
  if (missing.length > 0) throw drift({ platform: 'xiaohongshu', name: `filled ${missing.join(', ')}` });
}
