import { createHash } from 'node:crypto';
import type { Page } from 'playwright-core';
import { z } from 'zod';
import type { PostToPrepare } from '../platform.ts';
import { rest } from './rest.ts';

/**
 * Uploads the draft's cover and answers its media id, or 0 for none. The slug names the draft and the picture's hash, so
 * a retry finds what an earlier attempt has uploaded.
 */
export async function coverId(page: Page, draftId: string, cover: PostToPrepare['cover']): Promise<number> {
  if (!cover) return 0;
  const hash = createHash('sha256').update(cover.bytes).digest('hex').slice(0, 16);
  const slug = `cover-${draftId}-${hash}`;
  const uploaded = await rest(page, { path: '/wp/v2/media', query: { slug, _fields: 'id' } }, z.array(media));
  if (uploaded[0]) return uploaded[0].id;

  const { name, contentType, bytes } = cover;
  const file = { name, contentType, base64: Buffer.from(bytes).toString('base64') };
  const answer = await rest(page, { path: '/wp/v2/media', fields: { slug, title: name, post: draftId }, file }, media);
  return answer.id;
}

const media = z.object({ id: z.int() });
