import type { Page } from 'playwright-core';
import { z } from 'zod';
import { rest } from './rest.ts';

/** A post as it is stored, whatever its state, by its id. Read-only. */
export const readPost = (page: Page, id: string): Promise<StoredPost> =>
  rest(page, { path: `/wp/v2/posts/${id}`, query: { context: 'edit', _fields: fields } }, storedPost);

/** The id of the account that is logged in. */
export const readAccountId = async (page: Page): Promise<string> => {
  const me = await rest(page, { path: '/wp/v2/users/me', query: { _fields: 'id' } }, z.object({ id: z.int() }));
  return String(me.id);
};

const fields = 'id,status,link,date_gmt,title,content,tags,featured_media';

const storedPost = z.object({
  id: z.int().transform(String),
  status: z.string(),
  link: z.string(),
  // Null for a draft; WordPress leaves out the "Z".
  date_gmt: z.string().nullable(),
  title: z.object({ raw: z.string() }),
  content: z.object({ raw: z.string() }),
  tags: z.array(z.int()),
  featured_media: z.int(),
});
export type StoredPost = z.infer<typeof storedPost>;
