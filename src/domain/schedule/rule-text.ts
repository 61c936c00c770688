import { fieldError } from '../../errors.ts';
import { isLocalTime, openWallClock } from './wall-clock.ts';

/** A checked RRULE: without its `UNTIL`, which says the same in three forms, and with that as an instant. */
export type RuleText = { text: string; until: Date | null };

/**
 * Checks every part of an RRULE (RFC 5545, section 3.3.10), because the library overlooks some that it cannot read.
 * @throws AppError `unprocessable` naming the field `rrule`
 */
export function parseRule(rrule: string, zone: string): RuleText {
  const parts = rrule
    .replace(/^RRULE:/i, '')
    .toUpperCase()
    .split(';');
  const named = new Map(parts.map((part) => splitPart(part)));
  if (named.size < parts.length) throw refused('names a part twice');
  for (const [name, value] of named) if (!allowed[name]?.test(value)) throw refused(`has a wrong ${name}`);
  if (!named.has('FREQ')) throw refused('has no FREQ');
  if (named.has('COUNT') === named.has('UNTIL')) throw refused('needs an end: either COUNT or UNTIL');

  const until = named.get('UNTIL');
  const text = parts.filter((part) => !part.startsWith('UNTIL=')).join(';');
  return { text, until: until === undefined ? null : untilOf(until, zone) };
}

export const refused = (why: string) => fieldError('unprocessable', 'rrule', why);

function splitPart(part: string): [string, string] {
  const [name = '', value = '', ...more] = part.split('=');
  if (!allowed[name]) throw refused(`has a part that is not allowed: "${name}"`);
  return [name, more.length > 0 ? '' : value];
}

const listOf = (item: string) => new RegExp(`^(${item})(,(${item}))*$`);
const weekday = '(MO|TU|WE|TH|FR|SA|SU)';
const monthDay = '[+-]?(0?[1-9]|[12]\\d|3[01])';
const yearDay = '[+-]?([1-9]|[1-9]\\d|[12]\\d\\d|3[0-5]\\d|36[0-6])';
const week = '(0?[1-9]|[1-4]\\d|5[0-3])';

/** What each part may say. Seconds and minutes as frequencies are left out: nobody posts that often. */
const allowed: Readonly<Record<string, RegExp>> = {
  FREQ: /^(YEARLY|MONTHLY|WEEKLY|DAILY|HOURLY)$/,
  INTERVAL: /^[1-9]\d{0,3}$/,
  COUNT: /^[1-9]\d{0,8}$/,
  UNTIL: /^20\d{6}(T\d{6}Z?)?$/,
  WKST: listOf(weekday),
  BYMONTH: listOf('0?[1-9]|1[0-2]'),
  BYWEEKNO: listOf(`[+-]?${week}`),
  BYYEARDAY: listOf(yearDay),
  BYMONTHDAY: listOf(monthDay),
  BYDAY: listOf(`([+-]?${week})?${weekday}`),
  BYHOUR: listOf('[01]?\\d|2[0-3]'),
  BYMINUTE: listOf('[0-5]?\\d'),
  BYSECOND: /^00?$/,
  BYSETPOS: listOf(yearDay),
};

/** `20261231` is the end of that local day, `20261231T120000` a local time, and with `Z` a time in UTC. */
function untilOf(text: string, zone: string): Date {
  const [, year, month, day, time] = /^(\d{4})(\d\d)(\d\d)(?:T(\d{6}))?/.exec(text) ?? [];
  const [hour, minute, second] = (time ?? '235959').match(/\d\d/g) ?? [];
  const local = `${year}-${month}-${day}T${hour}:${minute}`;
  if (!isLocalTime(local)) throw refused('has a wrong UNTIL');
  const clock = openWallClock(text.endsWith('Z') ? 'UTC' : zone);
  return new Date(clock.instantOf(local).getTime() + Number(second) * 1_000);
}
