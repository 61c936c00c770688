import type { Page } from 'playwright-core';
import { z } from 'zod';
import { AppError } from '../../../errors.ts';
import type { PublishedPost } from '../platform.ts';
import { visit } from './visit.ts';

/** The article as everybody sees it; null while there is only the page that says there is nothing. Read-only. */
export async function readPublicPage(page: Page, id: string, openMs: number): Promise<PublicArticle | null> {
  await visit(page, `p/${id}`, openMs);
  const text = await page.evaluate(() => document.querySelector('#js-initialData')?.textContent ?? null);
  const article = initialData.safeParse(text === null ? null : jsonOf(text)).data?.initialState.entities.articles[id];
  return article ? { ...article, url: page.url() } : null;
}

/**
 * The article as a published post of this account.
 * @throws AppError `upstream_rejected` when what stands there is hidden, or another's
 */
export function asPublished(article: PublicArticle, accountId: string): PublishedPost {
  const { id, state, status, isVisible, author, url } = article;
  if (state === 'published' && status === 0 && isVisible && author.id === accountId) return { postId: id, url };
  throw new AppError('upstream_rejected', `The Zhihu article is "${state}", and not to be seen as this account's.`, {
    details: { platform: 'zhihu', draftId: id, state, status, isVisible },
  });
}

const publicArticle = z.object({
  id: z.union([z.string(), z.int()]).transform(String),
  state: z.string(),
  status: z.int(),
  isVisible: z.boolean(),
  author: z.object({ id: z.string() }),
});
export type PublicArticle = z.infer<typeof publicArticle> & { url: string };

const initialData = z.object({
  initialState: z.object({ entities: z.object({ articles: z.record(z.string(), publicArticle) }) }),
});

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
