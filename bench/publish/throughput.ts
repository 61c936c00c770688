import { phasesOf } from './phases.ts';
import type { Phases } from './phases.ts';
import type { BareScript } from './bare-script.ts';
import type { PublishPlace } from './place.ts';
import type { Size } from './size.ts';
import type { Blog } from '../../test/publish-chaos/bloggers.ts';

export type Throughput = {
  ours: { perHour: number };
  bare: { perHour: number };
  /** Where the time of one of ours goes, on average, in ms. */
  phases: Phases;
  mostEvents: number;
};

/**
 * Posts of one account, each read back from its public page. The script and we take turns, so that a slow moment of the
 * machine meets both.
 */
export async function throughput(
  place: PublishPlace,
  { bare, blog }: { bare: BareScript; blog: Blog },
  { rounds, posts }: Size['throughput'],
): Promise<Throughput> {
  const taken = { ours: 0, bare: 0 };
  const published: string[] = [];
  await byScript(bare, titles(1)); // both have a session and a warm cache
  await byUs(place, blog, titles(1));
  for (let round = 0; round < rounds; round += 1) {
    taken.bare += await timed(() => byScript(bare, titles(posts)));
    taken.ours += await timed(async () => void published.push(...(await byUs(place, blog, titles(posts)))));
  }
  const perHour = (ms: number) => (rounds * posts * 3_600_000) / ms;
  return {
    ours: { perHour: perHour(taken.ours) },
    bare: { perHour: perHour(taken.bare) },
    ...(await phasesOf(place, published)),
  };
}

async function byScript(script: BareScript, wanted: readonly string[]): Promise<void> {
  for (const title of wanted) {
    const { url } = await script.publish({ title, paragraphs });
    await readBack(url, title);
  }
}

/** Ordered at once: the account's turns make one after the other of them. */
async function byUs(place: PublishPlace, blog: Blog, wanted: readonly string[]): Promise<string[]> {
  const ids = await Promise.all(
    wanted.map((title) => blog.publish(title, { markdown: paragraphs.join('\n\n'), tags: [] })),
  );
  const reads: Promise<void>[] = [];
  // In their order and one at a time: who looks must not take the time of what is looked at.
  for (const [at, id] of ids.entries()) reads.push(readBack((await place.published(id)).url, wanted[at] ?? ''));
  await Promise.all(reads);
  return ids;
}

async function readBack(url: string, title: string): Promise<void> {
  const page = await (await fetch(url)).text();
  if (!page.includes(title)) throw new Error(`${url} does not show "${title}"`);
}

async function timed(work: () => Promise<void>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

const titles = (count: number): string[] => Array.from({ length: count }, () => `Measured ${crypto.randomUUID()}`);

const paragraphs = [
  'The first paragraph says what it is about.',
  'The second one has more to say, and says it in a few more words than the first.',
  'And the third one ends it.',
];
