import type { Blog } from '../../test/publish-chaos/bloggers.ts';
import type { PublishPlace } from './place.ts';

export type SessionMemory = { sessions: number; browserMb: number; workerMb: number; perGb: number };

/** What a browser worker and its browser hold when every one of the accounts has published and stays logged in. */
export async function sessionMemory(place: PublishPlace, blogs: readonly Blog[]): Promise<SessionMemory> {
  const ids = await Promise.all(blogs.map((blog) => blog.publish(`Session ${crypto.randomUUID()}`, { tags: [] })));
  for (const id of ids) await place.published(id);
  const { browserMb, workerMb } = await place.browserMemory();
  return { sessions: blogs.length, browserMb, workerMb, perGb: blogs.length / ((browserMb + workerMb) / 1_024) };
}
