import type { Locator, Page, Request } from 'playwright-core';
import { z } from 'zod';
import { AppError } from '../../../errors.ts';
import type { DraftToCommit, PublishedPost } from '../platform.ts';
import { openEditor } from './editor.ts';
import type { Patience } from './patience.ts';
import { publishButton } from './publish-control.ts';

/** Opens the panel, says that it is about to click, clicks once and reads WordPress' own answer. */
export async function commit(page: Page, draft: DraftToCommit, patience: Patience): Promise<PublishedPost> {
  const { id, status, url } = await openEditor(page, draft.draftId, patience);
  if (status === 'publish') return { postId: id, url };
  if (status !== 'draft') {
    const details = { platform: 'wordpress', draftId: id, status };
    throw new AppError('conflict', `The WordPress post is no draft any more, but "${status}".`, { details });
  }
  const button = await publishButton(page, patience);
  await draft.aboutToClick();
  return clickOnce(page, { button, draftId: id, patience });
}

/** From here on every error means "unknown": a cut answer looks the same whether WordPress has stored the post or not. */
async function clickOnce(page: Page, { button, draftId, patience }: Click): Promise<PublishedPost> {
  const isPublish = (request: Request) => request.method() === 'POST' && savesPost(request.url(), draftId);
  const { promise: lost, reject } = Promise.withResolvers<never>();
  const onFailed = (request: Request) => {
    if (isPublish(request)) reject(answerLost(request.failure()?.errorText));
  };
  page.on('requestfailed', onFailed);
  try {
    const answered = page.waitForResponse((r) => isPublish(r.request()), { timeout: patience.answerMs });
    const [response] = await Promise.all([Promise.race([answered, lost]), button.click({ timeout: patience.findMs })]);
    if (!response.ok()) throw answerLost(`HTTP ${response.status()}`);
    // The body may break off after the headers: then `requestfailed` comes, and reading it might wait for ever.
    return publishedPost(await Promise.race([response.json(), lost]));
  } catch (cause) {
    throw cause instanceof AppError ? cause : answerLost('no readable answer', cause);
  } finally {
    page.off('requestfailed', onFailed);
    lost.catch(() => undefined);
  }
}

type Click = { button: Locator; draftId: string; patience: Patience };

function publishedPost(body: unknown): PublishedPost {
  const { id, link, status } = savedPost.parse(body);
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

const answerLost = (why = 'the connection was cut', cause?: unknown): AppError =>
  new AppError('upstream_failed', `WordPress' answer to the publish click was lost: ${why}.`, { cause });
