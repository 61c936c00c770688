import { AppError } from '../../errors.ts';
import { parseRule, refused } from './rule-text.ts';
import { openWallClock, wallText } from './wall-clock.ts';
import type { LocalTime } from './wall-clock.ts';

/** When something recurs: an RRULE on the clocks of a zone, which the first time sets to the minute. */
export type Rule = { rrule: string; startsAt: LocalTime; zone: string };

/**
 * What the clocks show at each time of a rule, in order. The rule is followed on the wall clock alone, so that 09:00 stays
 * 09:00 whatever the zone does; `occurrences.ts` then says at which instants clocks show these times.
 * @throws AppError `unprocessable` naming the field `rrule`
 */
export async function timesOf({ rrule, startsAt, zone }: Rule): Promise<LocalTime[]> {
  const { text, until } = parseRule(rrule, zone);
  const clock = openWallClock(zone);
  const last = until && clock.shownAt(new Date(until.getTime() + DAY_MS)); // a day later no clock is behind it
  const times: LocalTime[] = [];
  await follow(`DTSTART:${startsAt.replaceAll(/[-:]/g, '')}00Z\nRRULE:${text}`, (local) => {
    if (last && local > last) return false;
    refuseFar(local, startsAt);
    refuseOften(local, times.at(-1));
    times.push(local);
    if (times.length > MOST_OCCURRENCES) throw refused(`has more than ${MOST_OCCURRENCES} occurrences`);
    return true;
  });
  const within = times.filter((local) => !until || clock.instantOf(local) <= until);
  if (within.length === 0) throw refused('gives no occurrence');
  return within;
}

export const MOST_OCCURRENCES = 500;
const MOST_YEARS = 10;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * The library is told that the times are in UTC, where clocks never change and so no time is left out or twice. It takes
 * 4 MB, and is loaded when the first rule comes.
 */
async function follow(rruleString: string, each: (local: LocalTime) => boolean): Promise<void> {
  const { RRuleTemporal } = await import('rrule-temporal');
  try {
    const rule = new RRuleTemporal({ rruleString, strict: true, ...searchLimits });
    rule.all(({ epochMilliseconds }) => each(wallText(epochMilliseconds)));
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw refused(`cannot be followed (${error instanceof Error ? error.message : 'unknown'})`);
  }
}

/** They end the search for a date that never comes, as 30 February. */
const searchLimits = { maxIterations: 4_000, maxCandidateEvaluations: 20_000 };

function refuseFar(local: LocalTime, startsAt: LocalTime): void {
  if (Number(local.slice(0, 4)) - Number(startsAt.slice(0, 4)) > MOST_YEARS)
    throw refused(`goes on for more than ${MOST_YEARS} years`);
}

function refuseOften(local: LocalTime, before: LocalTime | undefined): void {
  if (before !== undefined && Date.parse(`${local}Z`) - Date.parse(`${before}Z`) < HOUR_MS)
    throw refused('recurs more often than once an hour');
}
