import type { Page } from 'playwright-core';
import { z } from 'zod';
import { AppError } from '../../../errors.ts';
import { capturedAnswer } from '../captured-answer.ts';
import type { DraftToCommit, PublishedPost } from '../platform.ts';
import { openEditor } from './editor.ts';
import type { Patience } from '../patience.ts';
import { publishButton } from './publish-control.ts';

/** Opens the panel, says that it is about to click, clicks once and reads WordPress' own answer. */
export async function commit(page: Page, draft: DraftToCommit<string>, patience: Patience): Promise<PublishedPost> {
  const { id, status, url } = await openEditor(page, draft.draftId, patience);
  if (status === 'publish') return { postId: id, url };
  if (status !== 'draft') {
    const details = { platform: 'wordpress', draftId: id, status };
    throw new AppError('conflict', `The WordPress post is no draft any more, but "${status}".`, { details });
  }
  const button = await publishButton(page, patience);
  await draft.aboutToClick();
  return publishedPost(
    await capturedAnswer(page, {
      act: () => button.click({ timeout: patience.findMs }),
      isSent: (request) => request.method() === 'POST' && savesPost(request.url(), id),
      answer: savedPost,
      answerMs: patience.answerMs,
      to: 'the publish click in WordPress',
    }),
  );
}

function publishedPost({ id, link, status }: z.infer<typeof savedPost>): PublishedPost {
  if (status === 'publish') return { postId: id, url: link };
  throw new AppError('upstream_rejected', `WordPress did not publish the post but made it "${status}".`, {
    details: { platform: 'wordpress', draftId: id, status },
  });
}

const savedPost = z.object({ id: z.int().transform(String), link: z.string(), status: z.string() });

/** With and without pretty links: `/wp-json/wp/v2/posts/7?…` or `/index.php?rest_route=%2Fwp%2Fv2%2Fposts%2F7&…`. */
function savesPost(url: string, id: string): boolean {
  const { pathname, searchParams } = new URL(url);
  return (searchParams.get('rest_route') ?? pathname).endsWith(`/wp/v2/posts/${id}`);
}
