/** What clocks on the wall show, to the minute: `2026-03-29T02:30`. Texts of this form sort by time. */
export type LocalTime = string;

export type WallClock = {
  /**
   * The instant at which the clocks show this time, by RFC 5545, section 3.3.5: a time that a change of the clocks leaves
   * out moves forward by as much as was left out; of one that comes twice, the first counts.
   */
  instantOf(local: LocalTime): Date;
  shownAt(at: Date): LocalTime;
};

/** The clocks of an IANA zone. Costs as much as many answers: opened once for a list. @throws RangeError for no zone */
export function openWallClock(zone: string): WallClock {
  const wallAt = openZone(zone);
  const offsetAt = (ms: number) => wallAt(ms) - Math.floor(ms / MINUTE_MS) * MINUTE_MS;
  return {
    instantOf(local) {
      const wallMs = Date.parse(`${local}Z`);
      const before = wallMs - offsetAt(wallMs - DAY_MS);
      const after = wallMs - offsetAt(wallMs + DAY_MS);
      const shown = [before, after].sort((one, other) => one - other).find((ms) => wallAt(ms) === wallMs);
      return new Date(shown ?? before);
    },
    shownAt: (at) => wallText(wallAt(at.getTime())),
  };
}

/** Of a time as if it were in UTC. */
export const wallText = (ms: number): LocalTime => new Date(ms).toISOString().slice(0, 'yyyy-mm-ddThh:mm'.length);

/** Whether it is a name of the IANA time zone database. An offset, as `+01:00`, is none: it knows no summer time. */
export function isZone(name: string): boolean {
  if (!/^[A-Z][\w+-]*(\/[\w+-]+)*$/i.test(name)) return false;
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

export function isLocalTime(text: string): boolean {
  const ms = /^20\d\d-\d\d-\d\dT\d\d:\d\d$/.test(text) ? Date.parse(`${text}Z`) : Number.NaN;
  return !Number.isNaN(ms) && wallText(ms) === text; // not 30 February
}

/** What clocks show, to the minute, in milliseconds as if it were UTC. */
function openZone(timeZone: string): (ms: number) => number {
  const two = '2-digit';
  const shown = { year: 'numeric', month: two, day: two, hour: two, minute: two, hourCycle: 'h23' } as const;
  const format = new Intl.DateTimeFormat('en-US', { timeZone, calendar: 'iso8601', numberingSystem: 'latn', ...shown });
  return (ms) => {
    const parts = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute);
  };
}

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;
