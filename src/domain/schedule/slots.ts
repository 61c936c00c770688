import type { PostingSlots } from '../../entities/platform-account.ts';
import { openWallClock, wallText } from './wall-clock.ts';
import type { WallClock } from './wall-clock.ts';

export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
export type Weekday = (typeof weekdays)[number];

/** The slots after a moment, for a year, in their order and no instant twice, however the clocks change. */
export function* slotsAfter({ zone, weekdays: times }: PostingSlots, after: Date): Generator<Date> {
  const clock = openWallClock(zone);
  const today = Date.parse(`${clock.shownAt(after).slice(0, DATE_LENGTH)}T00:00Z`);
  let waiting = new Set<number>();
  for (let days = -2; days <= DAYS_AHEAD; days++) {
    const midnight = today + days * DAY_MS; // of the local date, as if it were UTC
    for (const at of slotsOf(clock, midnight, times)) if (at > after.getTime()) waiting.add(at);
    const settledUntil = clock.instantOf(wallText(midnight)).getTime() - LONGEST_GAP_MS;
    const settled = [...waiting].filter((at) => at < settledUntil || days === DAYS_AHEAD);
    for (const at of settled.sort(byTime)) yield new Date(at);
    waiting = new Set([...waiting].filter((at) => !settled.includes(at)));
  }
}

/** The first slots after a moment that nobody has taken. Posts are taken to the minute. */
export function freeSlots(slots: PostingSlots, { after, taken, count }: Search): Date[] {
  const minutes = new Set(taken.map(minuteOf));
  const free: Date[] = [];
  for (const slot of slotsAfter(slots, after)) {
    if (!minutes.has(minuteOf(slot))) free.push(slot);
    if (free.length === count) break;
  }
  return free;
}

/** At least one is searched for. */
export type Search = { after: Date; taken: readonly Date[]; count: number };

const DATE_LENGTH = 'yyyy-mm-dd'.length;
const DAY_MS = 86_400_000;
const DAYS_AHEAD = 366;
/** What is moved out of a gap may come later than what stands behind it on the clock, even a day later. */
const LONGEST_GAP_MS = 25 * 3_600_000;

function slotsOf(clock: WallClock, midnight: number, times: PostingSlots['weekdays']): number[] {
  const date = wallText(midnight).slice(0, DATE_LENGTH);
  const weekday = weekdays[(new Date(midnight).getUTCDay() + 6) % 7] ?? 'monday';
  return times[weekday].map((time) => clock.instantOf(`${date}T${time}`).getTime());
}

const byTime = (one: number, other: number) => one - other;
const minuteOf = (at: Date) => Math.floor(at.getTime() / 60_000);
