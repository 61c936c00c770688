export const periodNames = ['day', 'week', 'month'] as const;
export type PeriodName = (typeof periodNames)[number];

/** One local day, week (from Monday) or month: `[startMs, endMs)`, from the local date `startDate` up to and with `endDate`. */
export type Period = { key: string; startDate: string; endDate: string; startMs: number; endMs: number };
export type Periods = { [name in PeriodName]: Period };

export type Calendar = (now: Date) => Periods;

/** Answers the periods around a moment in an IANA timezone. Remembers the current day, so that asking costs nothing. */
export function createCalendar(timezone: string): Calendar {
  const zone = openZone(timezone);
  let current: Periods | undefined;
  return (now) => {
    const nowMs = now.getTime();
    if (!current || nowMs < current.day.startMs || nowMs >= current.day.endMs) current = periodsAt(nowMs, zone);
    return current;
  };
}

type Zone = (ms: number) => LocalDate;
/** Days since 1970-01-01 of the local date. */
type LocalDate = number;

function periodsAt(nowMs: number, zone: Zone): Periods {
  const today = zone(nowMs);
  const date = new Date(today * DAY_MS);
  const monday = today - ((date.getUTCDay() + 6) % 7);
  const first = dateOf(date.getUTCFullYear(), date.getUTCMonth());
  const next = dateOf(date.getUTCFullYear(), date.getUTCMonth() + 1);
  return {
    day: period('d', [today, today + 1], zone),
    week: period('w', [monday, monday + 7], zone),
    month: period('m', [first, next], zone),
  };
}

function period(letter: string, [from, to]: [LocalDate, LocalDate], zone: Zone): Period {
  const startDate = isoDate(from);
  return {
    key: `${letter}${startDate}`,
    startDate,
    endDate: isoDate(to - 1),
    startMs: startOf(from, zone),
    endMs: startOf(to, zone),
  };
}

const isoDate = (date: LocalDate) => new Date(date * DAY_MS).toISOString().slice(0, 10);

/**
 * The first moment of a local date. Searched, not computed from an offset: where clocks change at midnight a day starts
 * at 01:00, and a computed midnight would be a moment of the day before.
 */
export function startOf(date: LocalDate, zone: Zone): number {
  let before = date * DAY_SECONDS - 15 * 3600; // no zone is further ahead of UTC
  let within = date * DAY_SECONDS + 13 * 3600; // nor further behind
  while (within - before > 1) {
    const middle = Math.floor((before + within) / 2);
    if (zone(middle * 1000) >= date) within = middle;
    else before = middle;
  }
  return within * 1000;
}

const DAY_SECONDS = 86_400;
const DAY_MS = DAY_SECONDS * 1000;

const dateOf = (year: number, month: number): LocalDate => Date.UTC(year, month, 1) / DAY_MS;

/** @throws RangeError for a timezone that does not exist */
export function openZone(timezone: string): Zone {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    calendar: 'iso8601',
    numberingSystem: 'latn',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  return (ms) => {
    const parts = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
    return Date.UTC(parts['year'] ?? 0, (parts['month'] ?? 0) - 1, parts['day']) / DAY_MS;
  };
}
