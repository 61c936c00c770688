/** Many publications at once, each with changes aimed at the moments around its commit, and a judge at the end of each. */
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { seeded } from '../../../dev/chaos/seeded.ts';
import { AppError } from '../../../src/errors.ts';
import { violationsOf } from './judge.ts';
import type { Asked } from './judge.ts';
import { contentOf } from './place.ts';
import type { InterleavingsPlace } from './place.ts';
import { FAR_MS, moments, planOf } from './plan.ts';
import type { Change, Moment } from './plan.ts';
import { publishWorkflowId } from '../../../src/workflows/ids.ts';

export type Interleavings = { changes: number; seed: number; atOnce: number; say?: (line: string) => void };

export type InterleavingsSeen = {
  publications: number;
  changes: number;
  answers: Record<string, number>;
  ends: Record<string, number>;
  violations: string[];
};

export async function interleavings(place: InterleavingsPlace, { changes, seed, atOnce, say }: Interleavings) {
  const seen: InterleavingsSeen = { publications: 0, changes: 0, answers: {}, ends: {}, violations: [] };
  let begun = 0;
  const worker = async () => {
    while (seen.changes < changes) {
      begun += 1;
      const name = `${seed}.${begun}`;
      const { asked, posts, state, ordered } = await oneLife(place, name, seeded(seed * 1_000_003 + begun));
      seen.publications += 1;
      seen.changes += asked.length;
      for (const { answer, change } of asked) addTo(seen.answers, `${change.kind} ${answer}`);
      addTo(seen.ends, state);
      const found = violationsOf({ asked, posts, state, ordered });
      for (const violation of found) {
        seen.violations.push(`${name}: ${violation}`);
        say?.(`${name}: ${violation}: ${JSON.stringify({ asked, posts, state })}`);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return seen;
}

async function oneLife(place: InterleavingsPlace, name: string, random: () => number) {
  const { platform, work, services } = place;
  const plan = planOf(random, name);
  const asked: Asked[] = [];
  const asking: Promise<void>[] = [];
  const waiting = [...plan.changes];
  const publication = await place.order(plan.text, plan.dueInMs);
  const { id } = publication;

  function reached(moment: Moment): void {
    for (const one of waiting.filter((planned) => planned.moment === moment)) {
      waiting.splice(waiting.indexOf(one), 1);
      asking.push(sleep(one.afterMs).then(() => ask(one.change)));
    }
  }
  async function ask(change: Change): Promise<void> {
    const startedAtMs = Date.now();
    const { answer, why } = await answerOf(place, id, change);
    asked.push({ change, startedAtMs, endedAtMs: Date.now(), answer, why });
  }

  platform.born(id, plan, reached);
  await work.begin(publication);
  reached('ordered');
  const run = { isOver: false };
  const ended = services.temporal.workflow
    .getHandle(publishWorkflowId(id))
    .result()
    .finally(() => (run.isOver = true));
  // What waits for a far time is sent on its way, or cancelled, when everything else was answered.
  const closing: Change = random() < 0.8 ? { kind: 'publishNow' } : { kind: 'cancel' };
  while (!run.isOver) {
    await sleep(300);
    const count = asking.length;
    await Promise.all(asking);
    if (!run.isOver && asking.length === count && (await restsForLong(place, id))) await ask(closing);
  }
  await ended;
  for (const moment of moments) reached(moment); // what comes now must be refused
  await Promise.all(asking);
  const posts = [...(await platform.posts(id))];
  const { state } = await services.publishing.publications.load(id);
  platform.forget(id);
  return { ordered: plan.text, asked, posts, state };
}

/** Whether it waits for a time that is far. */
async function restsForLong({ services }: InterleavingsPlace, id: string): Promise<boolean> {
  const { state, scheduledAt } = await services.publishing.publications.load(id);
  return state === 'scheduled' && (scheduledAt?.getTime() ?? 0) > Date.now() + FAR_MS / 2;
}

async function answerOf({ changes, userId }: InterleavingsPlace, id: string, change: Change) {
  try {
    await made();
    return { answer: 'accepted', why: '' } as const;
  } catch (error) {
    if (!(error instanceof AppError))
      return { answer: 'strange', why: inspect(error, { depth: 4, compact: true }) } as const;
    if (error.code === 'unavailable') return { answer: 'unsure', why: error.message } as const;
    const isRefusal = error.code === 'too_late' || error.code === 'invalid_request';
    return { answer: isRefusal ? 'refused' : 'strange', why: `${error.code}: ${error.message}` } as const;
  }

  function made(): Promise<void> {
    switch (change.kind) {
      case 'cancel':
        return changes.cancel(userId, id);
      case 'edit':
        return changes.change(userId, id, { content: contentOf(change.text), at: null, force: true });
      case 'reschedule':
        return changes.change(userId, id, { at: new Date(Date.now() + change.inMs), force: true });
      case 'publishNow':
        return changes.publishNow(userId, id, { force: true });
    }
  }
}

function addTo(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
