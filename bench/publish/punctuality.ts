import { setTimeout as sleep } from 'node:timers/promises';
import type { Blog } from '../../test/publish-chaos/bloggers.ts';
import { percentile } from '../percentile.ts';
import type { PublishPlace } from './place.ts';
import type { Size } from './size.ts';

export type Punctuality = { posts: number; p50Ms: number; worstMs: number };

/** From the time that a post was scheduled for to its click, on a session that is warm. */
export async function punctuality(
  place: PublishPlace,
  blog: Blog,
  { posts, everyMs }: Size['scheduled'],
): Promise<Punctuality> {
  await place.published(await blog.publish(`Warm ${crypto.randomUUID()}`, { tags: [] }));
  const first = Date.now() + everyMs;
  const due = Array.from({ length: posts }, (_, at) => new Date(first + at * everyMs));
  const ids = await Promise.all(
    due.map((at) => blog.publish(`Due ${crypto.randomUUID()}`, { tags: [], scheduledAt: at })),
  );
  await sleep((due.at(-1)?.getTime() ?? 0) - Date.now());
  const lateMs = await Promise.all(
    ids.map(async (id, at) => (await place.published(id)).clickedAt.getTime() - (due[at]?.getTime() ?? 0)),
  );
  return { posts, p50Ms: percentile(lateMs, 0.5), worstMs: Math.max(...lateMs) };
}
