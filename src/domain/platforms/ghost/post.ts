import type { Page, Request } from 'playwright-core';
import { z } from 'zod';
import { read } from './admin.ts';

/** A post as it is stored, whatever its state, by its id. Read-only. */
export const readPost = async (page: Page, id: string): Promise<StoredPost> =>
  (await read(page, `posts/${id}/?formats=html&include=tags,authors`, z.object({ posts: z.tuple([storedPost]) })))
    .posts[0];

/** The newest of the account's published posts, without their texts. Read-only. */
export async function readPublished(page: Page, authorId: string): Promise<ListedPost[]> {
  const query = new URLSearchParams({
    filter: 'status:published',
    order: 'published_at desc',
    limit: '100',
    fields: 'id,title,status,url,published_at',
    include: 'authors',
  });
  const { posts } = await read(page, `posts/?${query}`, z.object({ posts: z.array(listedPost) }));
  return posts.filter(({ authors }) => authors.some(({ id }) => id === authorId));
}

const listedPost = z.object({
  id: z.string(),
  status: z.string(),
  title: z.string(),
  url: z.string(),
  published_at: z.string().nullable(),
  authors: z.array(z.object({ id: z.string() })),
});
export type ListedPost = z.infer<typeof listedPost>;

const storedPost = listedPost.extend({
  updated_at: z.string(),
  /** Left out of the answer to a save. */
  html: z.string().nullable().default(null),
  feature_image: z.string().nullable(),
  tags: z.array(z.object({ name: z.string() })),
});
export type StoredPost = z.infer<typeof storedPost>;

/** What Ghost answers to each save. */
export const savedPost = z.object({ posts: z.tuple([storedPost]) });

/** Whether a request saves the post of that id, or makes one where `id` is null. */
export function savesPost(request: Request, id: string | null): boolean {
  const path = id === null ? '/ghost/api/admin/posts/' : `/ghost/api/admin/posts/${id}/`;
  return request.method() === (id === null ? 'POST' : 'PUT') && new URL(request.url()).pathname.endsWith(path);
}

/** The state that a save asks for. */
export const statusSent = (request: Request): string | undefined =>
  z.object({ posts: z.tuple([z.object({ status: z.string() })]) }).safeParse(request.postDataJSON()).data?.posts[0]
    .status;
