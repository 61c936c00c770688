/** What will happen to one publication: when it is due, what the world does to it, and what its owner changes and when. */

/** Moments in a publication's life that a change is aimed at. */
export const moments = ['ordered', 'preparing', 'prepared', 'gate', 'clicked', 'settling', 'ended'] as const;
export type Moment = (typeof moments)[number];

export type Change =
  { kind: 'cancel' } | { kind: 'edit'; text: string } | { kind: 'reschedule'; inMs: number } | { kind: 'publishNow' };

export type PlannedChange = { change: Change; moment: Moment; afterMs: number };

export type Plan = {
  text: string;
  /** Null for at once. */
  dueInMs: number | null;
  changes: PlannedChange[];
  /** The world's own choices, for whoever asks next. */
  random: () => number;
};

export const FAR_MS = 3_600_000;
const CHANGES = 4;

export function planOf(random: () => number, name: string): Plan {
  const changes = Array.from({ length: CHANGES }, (_, n) => plannedChange(random, `${name} edit ${n}`));
  return { text: `${name} as ordered`, dueInMs: dueInMs(random), changes, random };
}

function plannedChange(random: () => number, text: string): PlannedChange {
  const moment = moments[Math.floor(random() ** 1.3 * (moments.length - 1))] ?? 'ordered';
  return { change: changeOf(random, text), moment, afterMs: Math.floor(random() * 40) };
}

function changeOf(random: () => number, text: string): Change {
  const dice = random();
  if (dice < 0.12) return { kind: 'cancel' };
  if (dice < 0.5) return { kind: 'edit', text };
  if (dice < 0.75) return { kind: 'reschedule', inMs: random() < 0.5 ? 60 + random() * 300 : FAR_MS };
  return { kind: 'publishNow' };
}

function dueInMs(random: () => number): number | null {
  const dice = random();
  if (dice < 0.5) return null;
  return dice < 0.8 ? 1_000 + random() * 500 : FAR_MS;
}
