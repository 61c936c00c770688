import { setTimeout as delay } from 'node:timers/promises';
import type { Blog } from '../../test/publish-chaos/bloggers.ts';
import type { PublishPlace } from './place.ts';

export type Held = { browserMb: number; workerMb: number; perGb: number };
/** Right after the last post, and once every page was closed. */
export type SessionMemory = { sessions: number; busy: Held; resting: Held };

/** What a browser worker and its browser hold when every one of the accounts has published and stays logged in. */
export async function sessionMemory(place: PublishPlace, blogs: readonly Blog[]): Promise<SessionMemory> {
  const ids = await Promise.all(blogs.map((blog) => blog.publish(`Session ${crypto.randomUUID()}`, { tags: [] })));
  for (const id of ids) await place.published(id);
  const busy = await held(place, blogs.length);
  await delay(place.services.config.SESSION_REST_MS + UNTIL_CLOSED_MS);
  return { sessions: blogs.length, busy, resting: await held(place, blogs.length) };
}

async function held(place: PublishPlace, sessions: number): Promise<Held> {
  const { browserMb, workerMb } = await place.browserMemory();
  return { browserMb, workerMb, perGb: sessions / ((browserMb + workerMb) / 1_024) };
}

/** The pool looks every few seconds, and Chromium takes a moment to end a page's process. */
const UNTIL_CLOSED_MS = 10_000;
