/**
 * Kills at random moments, and 20 to 400 ms after clicks, while publications go on over many accounts; then counts the posts
 * on the sites themselves.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Victim, KillPlace } from '../kill-place.ts';
import type { Blog } from './bloggers.ts';
import { breakages } from './broken-answers.ts';
import type { Breakage, brokenAnswers } from './broken-answers.ts';
import type { Site } from './sites.ts';
import { underWay } from './under-way.ts';
import type { UnderWay, Watched } from './under-way.ts';

export type KillRun = {
  place: KillPlace;
  answers: ReturnType<typeof brokenAnswers>;
  blogs: readonly Blog[];
  sites: readonly Site[];
  /** How many must strike a publication under way. */
  kills: number;
  /** All of them unless told. */
  victims?: readonly (Victim | 'answer')[];
  random: () => number;
  /** Told after each kill. */
  say?: (line: string) => void;
};

export type KillsSeen = {
  kills: number;
  publications: number;
  duplicates: string[];
  lost: string[];
  unconfirmed: string[];
  /** Drafts beside the post, which no reader sees. */
  leftDrafts: number;
  /** From when the last one killed was there again to the end of each publication that was struck. */
  settledMs: { p50: number; p95: number; most: number };
  /** What became of those that took longest, in seconds after the last one killed was there again. */
  slowest: string[];
  /** How often each phase was struck, by who was killed. */
  phases: Record<string, Record<string, number>>;
};

/** Who was struck so often is let go on to its end before the next kill: a site is not down for ever. */
const MOST_STRIKES = 12;

/** The browser's side more often: there it is decided whether something was published. */
const usual = [
  'chromium',
  'chromium',
  'browser',
  'browser',
  'temporal',
  'api',
  'orchestrator',
  'answer',
  'answer',
] as const;

export async function kills(run: KillRun): Promise<KillsSeen> {
  const { place, blogs, random, victims = usual } = run;
  const watch = underWay(place.services);
  const token = randomUUID().slice(0, 8); // of this run alone: a site may have the posts of another one
  let done = 0;
  const flow = Promise.all(
    blogs.map(async (blog, at) => {
      for (let n = 1; done < run.kills; n += 1)
        await watch.publish(blog, `It's "chaos" & -${token} — 一次 (${at}.${n})`);
    }),
  );
  while (done < run.kills) {
    await watch.nobodyIsWorn(MOST_STRIKES);
    const victim = victims[Math.floor(random() * victims.length)] ?? 'chromium';
    const struck = await (victim === 'answer' ? breakAnswer(run, watch) : killSomebody(run, watch, victim));
    if (struck.length === 0) continue;
    done += 1;
    const seen = struck.map(({ platform, strikes }) => `${platform} ${strikes.at(-1)?.phase}`).join(', ');
    run.say?.(`kill ${done}: ${struck[0]?.strikes.at(-1)?.kill} struck ${seen}`);
  }
  await flow;
  return count(run, watch.all);
}

async function killSomebody({ place, random }: KillRun, watch: UnderWay, victim: Victim): Promise<Watched[]> {
  const aimed = random() < 0.6;
  if (aimed) await watch.somebodyClicks(10_000);
  await sleep(aimed ? 20 + random() * 380 : random() * 3_000);
  const struck = await watch.strike(victim);
  await place.kill(victim);
  await place.revive(victim);
  for (const one of struck) one.backAtMs = Date.now();
  return struck;
}

async function breakAnswer({ answers, random }: KillRun, watch: UnderWay): Promise<Watched[]> {
  const how: Breakage = breakages[Math.floor(random() * breakages.length)] ?? 'cut';
  const draftId = await answers.strikeNext(how, 20_000);
  const struck = draftId === undefined ? undefined : await watch.ofDraft(draftId);
  if (!struck) return [];
  struck.strikes.push({ kill: `answer ${how}`, phase: 'clicked' });
  struck.backAtMs = Date.now();
  return [struck];
}

async function count(run: KillRun, all: readonly Watched[]): Promise<KillsSeen> {
  const posts = (await Promise.all(run.sites.map((site) => site.posts()))).flat();
  const found = all.map((one) => {
    const ours = posts.filter(({ title }) => wordsOf(title) === wordsOf(one.title));
    const live = ours.filter(({ isPublic }) => isPublic).length;
    const told = `${one.platform} ${one.title}: ${one.state}, ${live} posts, ${JSON.stringify(one.strikes)} ${one.id}`;
    return { ...one, live, drafts: ours.length - live, told };
  });
  const struck = found.filter(({ strikes }) => strikes.length > 0);
  const settled = struck.map(({ endedAtMs, backAtMs }) => Math.max(0, endedAtMs - backAtMs)).sort((a, b) => a - b);
  const at = (share: number) => settled[Math.min(settled.length - 1, Math.floor(settled.length * share))] ?? 0;
  const bySlowness = struck.toSorted((a, b) => b.endedAtMs - b.backAtMs - (a.endedAtMs - a.backAtMs));
  const isGood = ({ state, live }: (typeof found)[number]) => state === 'published' && live === 1;
  const rest = found.filter((one) => !isGood(one));
  return {
    kills: run.kills,
    publications: all.length,
    duplicates: rest.filter(({ live }) => live > 1).map(({ told }) => told),
    unconfirmed: rest.filter(({ state, live }) => state === 'unconfirmed' && live <= 1).map(({ told }) => told),
    lost: rest.filter(({ state, live }) => state !== 'unconfirmed' && live <= 1).map(({ told }) => told),
    leftDrafts: found.reduce((sum, { drafts }) => sum + drafts, 0),
    settledMs: { p50: at(0.5), p95: at(0.95), most: at(1) },
    slowest: await Promise.all(bySlowness.slice(0, 5).map((one) => storyOf(run.place, one))),
    phases: phasesOf(struck),
  };
}

async function storyOf({ services }: KillPlace, { id, platform, backAtMs, strikes }: Watched): Promise<string> {
  const history = id === null ? [] : await services.publishing.publications.history(id);
  const steps = history.map(
    ({ state, at, note }) => `${((at.getTime() - backAtMs) / 1000).toFixed(1)} ${state} (${note})`,
  );
  const blows = strikes.map(({ kill, phase }) => `${kill} at ${phase}`);
  return `${platform}, struck by ${blows.join(', ')}: ${steps.join('; ')}`;
}

function phasesOf(struck: readonly Watched[]): KillsSeen['phases'] {
  const phases: KillsSeen['phases'] = {};
  for (const { kill, phase } of struck.flatMap(({ strikes }) => strikes)) {
    const of = (phases[kill] ??= {});
    of[phase] = (of[phase] ?? 0) + 1;
  }
  return phases;
}

/** Sites rewrite quotes and signs; letters and figures stay. */
const wordsOf = (title: string) => title.replaceAll(/&amp;|[^\p{L}\p{N}.]/gu, '');
