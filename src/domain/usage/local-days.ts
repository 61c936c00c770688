import { openZone, startOf } from './periods.ts';

/** Local dates such as `2026-11-25`, the last one included. What is absent has a default of the report's own. */
export type DateRange = { startDate?: string | undefined; endDate?: string | undefined };

/** `[from, to)`, and the local dates it is made of. */
export type DaySpan = { startDate: string; endDate: string; from: Date; to: Date };

/** Local dates of an IANA timezone, as people write them, and the moments at which they begin and end. */
export function createLocalDays(timezone: string) {
  const zone = openZone(timezone);
  return {
    dateOf: (at: Date) => isoDate(zone(at.getTime())),
    plus: (date: string, days: number) => isoDate(dayNumber(date) + days),
    /** Nothing when the start is after the end. Dates before 1970 and after 9998 are those bounds: nothing was used then. */
    span(startDate: string, endDate: string): DaySpan {
      const from = startOf(within(dayNumber(startDate)), zone);
      const to = startOf(within(dayNumber(endDate)) + 1, zone);
      return { startDate, endDate, from: new Date(from), to: new Date(to) };
    },
  };
}

export type LocalDays = ReturnType<typeof createLocalDays>;

const DAY_MS = 86_400_000;
const LAST_DAY = Date.UTC(9998, 11, 31) / DAY_MS;

const within = (day: number) => Math.min(Math.max(day, 0), LAST_DAY);
const dayNumber = (date: string) => Date.parse(`${date}T00:00:00Z`) / DAY_MS;
const isoDate = (day: number) => new Date(day * DAY_MS).toISOString().slice(0, 10);
