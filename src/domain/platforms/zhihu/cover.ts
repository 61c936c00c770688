import type { Page } from 'playwright-core';
import type { Patience } from '../patience.ts';
import type { PostToPrepare } from '../platform.ts';
import { uploadOneByOne } from '../upload.ts';
import type { StoredArticle } from './api.ts';
import { click, maybe, part } from './part.ts';

/** Gives the open article this cover and no other. */
export async function replaceCover(page: Page, { stored, cover }: Covered, { findMs }: Patience): Promise<void> {
  if (stored.titleImage) {
    await click(page, 'coverDelete', findMs);
    await maybe(page, 'coverImage').waitFor({ state: 'detached', timeout: findMs });
  }
  if (!cover) return;
  await uploadOneByOne({
    platform: 'zhihu',
    field: () => part(page, 'coverInput', findMs),
    shown: maybe(page, 'coverImage'),
    files: [cover],
    timeoutMs: findMs,
  });
}

export type Covered = { stored: StoredArticle; cover: PostToPrepare['cover'] };
