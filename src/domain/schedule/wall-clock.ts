import { Temporal } from 'temporal-polyfill';

/** What clocks on the wall show, to the minute: `2026-03-29T02:30`. Texts of this form sort by time. */
export type LocalTime = string;

/**
 * The instant at which clocks in a zone show this time, by RFC 5545, section 3.3.5: a time that a change of the clocks
 * leaves out moves forward by as much as was left out; of one that comes twice, the first counts.
 */
export function instantOf(local: LocalTime, zone: string): Date {
  const zoned = Temporal.PlainDateTime.from(local).toZonedDateTime(zone, { disambiguation: 'compatible' });
  return new Date(zoned.epochMilliseconds);
}

/** What clocks in a zone show at this instant. */
export function localTimeAt(at: Date, zone: string): LocalTime {
  const zoned = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone);
  return zoned.toPlainDateTime().toString({ smallestUnit: 'minute' });
}

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
  if (!/^20\d\d-\d\d-\d\dT\d\d:\d\d$/.test(text)) return false;
  try {
    return Temporal.PlainDateTime.from(text, { overflow: 'reject' }).year > 0;
  } catch {
    return false;
  }
}
