import { openWallClock } from './wall-clock.ts';
import type { LocalTime } from './wall-clock.ts';

export type Occurrence = { local: LocalTime; at: Date };

/** Local times of a zone, as they were promised; what instants they are follows from the zone's present rules. */
export type Times = { times: readonly LocalTime[]; zone: string };

/**
 * The occurrences after a moment, in order, no instant twice. A time that a change of the clocks leaves out is moved, not
 * lost: RFC 5545 would leave it out of a rule (3.3.10), but who posts every day wants a post every day.
 */
export function occurrencesAfter({ times, zone }: Times, moment: Date): Occurrence[] {
  const clock = openWallClock(zone);
  const from = clock.shownAt(new Date(moment.getTime() - LONGEST_CHANGE_MS));
  const byInstant = new Map<number, Occurrence>();
  for (const local of times) {
    if (local < from) continue;
    const at = clock.instantOf(local);
    if (at > moment && !byInstant.has(at.getTime())) byInstant.set(at.getTime(), { local, at });
  }
  return [...byInstant.values()].sort((one, other) => one.at.getTime() - other.at.getTime());
}

/** Of the clocks of any zone: an island that changes sides of the date line. */
const LONGEST_CHANGE_MS = 26 * 3_600_000;
