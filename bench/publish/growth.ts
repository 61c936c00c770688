import { until } from '../../dev/stack/until.ts';
import type { Blog } from '../../test/publish-chaos/bloggers.ts';
import type { PublishPlace } from './place.ts';
import type { Size } from './size.ts';

export type Growth = { early: number; late: number; earlyMb: number; lateMb: number };

/** What a browser worker and its browser hold after a few and after many jobs. */
export async function growth(
  place: PublishPlace,
  blogs: readonly Blog[],
  { early, late }: Size['growth'],
): Promise<Growth> {
  await publishMany(place, blogs, early);
  const earlyMb = await sizeMb(place);
  await publishMany(place, blogs, late - early);
  return { early, late, earlyMb, lateMb: await sizeMb(place) };
}

/** Few at a time, so that the queue is not what is measured. */
async function publishMany(place: PublishPlace, blogs: readonly Blog[], count: number): Promise<void> {
  let left = count;
  const writer = async (blog: Blog) => {
    for (; left > 0;) {
      left -= 1;
      await place.published(await blog.publish(`Grown ${crypto.randomUUID()}`, { tags: [] }));
    }
  };
  await Promise.all(blogs.map((blog) => writer(blog)));
}

/** At rest: a page that is just being closed would be a third of it. */
async function sizeMb(place: PublishPlace): Promise<number> {
  let now = Infinity;
  const atRest = async () => {
    const before = now;
    const { browserMb, workerMb } = await place.browserMemory();
    now = browserMb + workerMb;
    return now > before * STEADY;
  };
  await until(atRest, { timeoutMs: 30_000, everyMs: 2_000 });
  return now;
}

const STEADY = 0.98;
