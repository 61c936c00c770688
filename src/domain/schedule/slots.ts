import { Temporal } from 'temporal-polyfill';
import type { PostingSlots } from '../../entities/platform-account.ts';
import { instantOf } from './wall-clock.ts';

export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
export type Weekday = (typeof weekdays)[number];

/** The slots after a moment, for a year, in their order and no instant twice, however the clocks change. */
export function* slotsAfter(slots: PostingSlots, after: Date): Generator<Date> {
  const { zone } = slots;
  const first = Temporal.Instant.fromEpochMilliseconds(after.getTime()).toZonedDateTimeISO(zone).toPlainDate();
  let waiting = new Set<number>();
  for (let days = -2; days <= DAYS_AHEAD; days++) {
    const date = first.add({ days });
    for (const at of slotsOf(slots, date)) if (at > after.getTime()) waiting.add(at);
    const settledUntil = instantOf(`${date.toString()}T00:00`, zone).getTime() - LONGEST_GAP_MS;
    const settled = [...waiting].filter((at) => at < settledUntil || days === DAYS_AHEAD);
    for (const at of settled.sort(byTime)) yield new Date(at);
    waiting = new Set([...waiting].filter((at) => !settled.includes(at)));
  }
}

/** The first slots after a moment that nobody has taken. Posts are taken to the minute. */
export function freeSlots(slots: PostingSlots, { after, taken, count }: Search): Date[] {
  const minutes = new Set(taken.map(minuteOf));
  const free: Date[] = [];
  if (count === 0) return free;
  for (const slot of slotsAfter(slots, after)) {
    if (!minutes.has(minuteOf(slot))) free.push(slot);
    if (free.length === count) break;
  }
  return free;
}

export type Search = { after: Date; taken: readonly Date[]; count: number };

const DAYS_AHEAD = 366;
/** What is moved out of a gap may come later than what stands behind it on the clock, even a day later. */
const LONGEST_GAP_MS = 25 * 3_600_000;

function slotsOf({ zone, weekdays: times }: PostingSlots, date: Temporal.PlainDate): number[] {
  const weekday = weekdays[date.dayOfWeek - 1] ?? 'monday';
  return times[weekday].map((time) => instantOf(`${date.toString()}T${time}`, zone).getTime());
}

const byTime = (one: number, other: number) => one - other;
const minuteOf = (at: Date) => Math.floor(at.getTime() / 60_000);
