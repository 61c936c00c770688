import { createHash } from 'node:crypto';
import type { Page } from 'playwright-core';
import { z } from 'zod';
import { capturedAnswer } from '../captured-answer.ts';
import type { Patience } from '../patience.ts';
import type { PostToPrepare } from '../platform.ts';
import { click, part } from './part.ts';
import type { StoredPost } from './post.ts';

/** Gives the open post this cover and no other. One that an earlier attempt has uploaded stays. */
export async function replaceCover(page: Page, { stored, cover }: Covered, patience: Patience): Promise<void> {
  const { findMs: timeoutMs, answerMs } = patience;
  if (hasCover(stored, cover)) return;
  if (stored.feature_image !== null) await click(page, 'coverDelete', { timeoutMs });
  if (!cover) return;
  const field = await part(page, 'coverInput', timeoutMs);
  const file = { name: `${nameOf(stored.id, cover)}.${extensionOf(cover)}`, mimeType: cover.contentType };
  await capturedAnswer(page, {
    act: () => field.setInputFiles({ ...file, buffer: Buffer.from(cover.bytes) }),
    isSent: (request) => request.method() === 'POST' && request.url().endsWith('/ghost/api/admin/images/upload/'),
    answer: z.object({ images: z.tuple([z.object({ url: z.string() })]) }),
    answerMs,
    to: 'the upload of a cover to Ghost',
  });
  await part(page, 'coverImage', timeoutMs);
}

/** Whether what is stored has this cover, or none where none is wanted. */
export const hasCover = (stored: StoredPost, cover: PostToPrepare['cover']): boolean =>
  cover ? (stored.feature_image ?? '').includes(nameOf(stored.id, cover)) : stored.feature_image === null;

export type Covered = { stored: StoredPost; cover: PostToPrepare['cover'] };
type Cover = NonNullable<PostToPrepare['cover']>;

/** Names the draft and the picture's hash, so that a retry knows what it sees. Ghost adds a number to a name it has. */
const nameOf = (postId: string, { bytes }: Cover): string =>
  `cover-${postId}-${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}`;

/** Ghost goes by the ending of the name. */
const extensionOf = ({ contentType }: Cover): string =>
  /^image\/(\w+)/.exec(contentType)?.[1]?.replace('jpeg', 'jpg') ?? 'png';
