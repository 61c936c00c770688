import { setTimeout as wait } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { z } from 'zod';
import { capturedAnswer } from '../captured-answer.ts';
import { drift } from '../locate.ts';
import { markdownToHtml } from '../markdown-html.ts';
import { replaceByPaste } from '../paste.ts';
import type { Patience } from '../patience.ts';
import { markdownToPlainText } from '../plain-text.ts';
import { escaped, titleOf } from '../plain-title.ts';
import type { PostToPrepare } from '../platform.ts';
import { assertArrived, lostIn } from '../stored-content.ts';
import { readDraft } from './api.ts';
import type { StoredArticle } from './api.ts';
import { replaceCover } from './cover.ts';
import { declareAi } from './declaration.ts';
import { assertDraft, openArticle, openNew } from './editor.ts';
import { part } from './part.ts';
import { publishControl } from './publish-control.ts';

/** Writes the draft, reads it back and sees that it could be published: whatever is wrong shows here, before the click. */
export async function prepare(page: Page, post: PostToPrepare, patience: Patience): Promise<{ draftId: string }> {
  const draftId = post.draftId ?? (await newDraft(page, post, patience));
  await post.onDraftId?.(draftId);
  const stored = await openArticle(page, draftId, patience);
  if (post.draftId !== null && stored.state === 'published') return { draftId }; // a late click: for `commit` to say
  assertDraft(stored);

  await (await part(page, 'title', patience.findMs)).fill(titleOf(post.title));
  await replaceCover(page, { stored, cover: post.cover }, patience);
  if (post.aiGenerated === true) await declareAi(page, patience);
  const body = markdownToHtml(post.markdown);
  const editor = await part(page, 'body', patience.findMs);
  await replaceByPaste(editor, { html: body, text: markdownToPlainText(post.markdown), timeoutMs: patience.findMs });
  await saved(page, { draftId, post, body }, patience);
  await publishControl(page, patience);
  return { draftId };
}

/** A draft with its title alone: zhihu gives an article its id when it is first saved, so no text of ours goes before it. */
async function newDraft(page: Page, { title }: PostToPrepare, patience: Patience): Promise<string> {
  await openNew(page, patience);
  const field = await part(page, 'title', patience.findMs);
  const { id } = await capturedAnswer(page, {
    act: () => field.fill(titleOf(title)),
    isSent: (request) =>
      request.method() === 'POST' && new URL(request.url()).pathname.endsWith('/api/articles/drafts'),
    answer: z.object({ id: z.union([z.string(), z.int()]).transform(String) }),
    answerMs: patience.answerMs,
    to: 'the first save in Zhihu',
  });
  return id;
}

type Written = { draftId: string; post: PostToPrepare; body: string };

/** The editor saves by itself, some time after the last change. */
async function saved(page: Page, { draftId, post, body }: Written, { findMs, pollMs }: Patience): Promise<void> {
  const written = { title: escaped(titleOf(post.title)), body: withoutAddresses(body) };
  for (const end = Date.now() + findMs; ; await wait(Math.min(pollMs, 200))) {
    const stored = await readDraft(page, draftId);
    const arrived = arrivedOf(stored);
    const isCovered = (post.cover === null) === !stored.titleImage;
    if (isCovered && (await lostIn(page, { written, stored: arrived })).length === 0) return;
    if (Date.now() < end) continue;
    await assertArrived(page, { platform: 'zhihu', written, stored: arrived });
    throw drift({ platform: 'zhihu', name: 'stored cover' });
  }
}

const arrivedOf = ({ title, content }: StoredArticle) => ({ title: escaped(title), body: withoutAddresses(content) });

/** Zhihu keeps its own copies of pictures, under its own addresses. */
const withoutAddresses = (html: string): string => html.replaceAll(/(<img\b[^>]*?\ssrc=")[^"]*/g, '$1');
