import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { clockChanges, instantByRfc, shownAt, wallText } from '../../../test/clock-changes.ts';
import type { ClockChange } from '../../../test/clock-changes.ts';
import type { PostingSlots } from '../../entities/platform-account.ts';
import { occurrencesAfter } from './occurrences.ts';
import { timesOf } from './recurrence.ts';
import type { Rule } from './recurrence.ts';
import { slotsAfter, weekdays } from './slots.ts';
import { openWallClock } from './wall-clock.ts';

const changes = clockChanges(2024, 2030);
const RUNS = 1_000;
const RULE_RUNS = 300; // a rule takes a millisecond
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const aChange = fc.constantFrom(...changes);
const aTime = fc
  .tuple(fc.nat(23), fc.nat(59))
  .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':'));
const aSlotList = fc.uniqueArray(aTime, { maxLength: 4 });
const someSlots = fc.tuple(aSlotList, aSlotList, aSlotList, aSlotList, aSlotList, aSlotList, aSlotList);
const gapOf = ({ offsetBeforeMs, offsetAfterMs }: ClockChange) => offsetAfterMs - offsetBeforeMs;
const wallAt = (change: ClockChange, days: number) => change.at + change.offsetBeforeMs + days * DAY_MS;
const dateOf = (change: ClockChange, days: number) => wallText(wallAt(change, days)).slice(0, 10);
const clockOf = ({ zone }: ClockChange) => openWallClock(zone);
const isLeftOut = (change: ClockChange, local: string) =>
  shownAt(change, instantByRfc(change, Date.parse(`${local}Z`))) !== local;

test('there are changes to look at, of an hour, of half an hour and of two', () => {
  expect(changes.length).toBeGreaterThan(1_000);
  expect(new Set(changes.map((change) => Math.abs(gapOf(change)) / MINUTE_MS))).toEqual(new Set([30, 60, 120]));
});

test('around every change of every zone, each quarter of an hour is where RFC 5545 says', () => {
  const wrong = changes.flatMap((change) => {
    const clock = openWallClock(change.zone);
    const around = Array.from({ length: 17 }, (_, at) => wallAt(change, 0) + (at - 8) * 15 * MINUTE_MS);
    return around
      .filter((wallMs) => clock.instantOf(wallText(wallMs)).getTime() !== instantByRfc(change, wallMs))
      .map((wallMs) => `${change.zone} ${wallText(wallMs)}`);
  });
  expect(wrong).toEqual([]);
});

test('local times in order stay in order, but for those that are moved out of a gap', () => {
  fc.assert(
    fc.property(
      aChange,
      fc.integer({ min: -2_000, max: 2_000 }),
      fc.integer({ min: 1, max: 300 }),
      (change, start, more) => {
        const [one, other] = [start, start + more].map((minutes) => wallText(wallAt(change, 0) + minutes * MINUTE_MS));
        fc.pre(one !== undefined && other !== undefined && !isLeftOut(change, one));
        expect(clockOf(change).instantOf(one).getTime()).toBeLessThan(clockOf(change).instantOf(other).getTime());
      },
    ),
    { numRuns: RUNS },
  );
});

test('an instant is shown as clocks show it, before a change and after', () => {
  fc.assert(
    fc.property(aChange, fc.integer({ min: -3_000, max: 3_000 }), (change, minutes) => {
      const ms = change.at + minutes * MINUTE_MS;
      expect(clockOf(change).shownAt(new Date(ms))).toBe(shownAt(change, ms));
    }),
    { numRuns: RUNS },
  );
});

test('every slot comes once, in order, on its weekday and at its time; what a gap leaves out comes later', () => {
  fc.assert(
    fc.property(aChange, someSlots, (change, lists) => {
      const slots = slotsOf(change.zone, lists);
      const [from, to] = [change.at - 2 * DAY_MS, change.at + 2 * DAY_MS];
      const got: number[] = [];
      for (const slot of slotsAfter(slots, new Date(from))) {
        if (slot.getTime() > to) break;
        got.push(slot.getTime());
      }
      expect(got).toEqual(expectedSlots(change, slots).filter((at) => at > from && at <= to));
    }),
    { numRuns: 500 },
  );
});

test('what is posted every day at a time is posted every day at that time', async () => {
  await fc.assert(
    fc.asyncProperty(aChange, aTime, async (change, time) => {
      const rule = { rrule: 'FREQ=DAILY;COUNT=7', startsAt: `${dateOf(change, -3)}T${time}`, zone: change.zone };
      const occurrences = await occurrencesOf(rule);
      expect(occurrences.map(({ local }) => local)).toEqual(
        [-3, -2, -1, 0, 1, 2, 3].map((day) => `${dateOf(change, day)}T${time}`),
      );
      for (const { local, at } of occurrences) {
        if (!isLeftOut(change, local)) expect(shownAt(change, at.getTime())).toBe(local);
        expect(at.getTime()).toBe(instantByRfc(change, Date.parse(`${local}Z`)));
      }
    }),
    { numRuns: RULE_RUNS },
  );
});

test('what is posted every week keeps its weekday', async () => {
  await fc.assert(
    fc.asyncProperty(aChange, aTime, async (change, time) => {
      const rule = { rrule: 'FREQ=WEEKLY;COUNT=3', startsAt: `${dateOf(change, -7)}T${time}`, zone: change.zone };
      const occurrences = await occurrencesOf(rule);
      expect(occurrences).toHaveLength(3);
      const days = occurrences
        .filter(({ local }) => !isLeftOut(change, local))
        .map(({ at }) => weekdayOf(shownAt(change, at.getTime())));
      expect(new Set(days).size).toBe(1);
    }),
    { numRuns: RULE_RUNS },
  );
});

test('what is posted every hour is in order, no instant twice, and never more than one occurrence short', async () => {
  await fc.assert(
    fc.asyncProperty(aChange, aTime, async (change, time) => {
      const rule = { rrule: 'FREQ=HOURLY;COUNT=72', startsAt: `${dateOf(change, -1)}T${time}`, zone: change.zone };
      const instants = (await occurrencesOf(rule)).map(({ at }) => at.getTime());
      expect(instants).toEqual([...new Set(instants)].sort((one, other) => one - other));
      expect(instants.length).toBeGreaterThanOrEqual(72 - Math.max(0, Math.ceil(gapOf(change) / HOUR_MS)));
    }),
    { numRuns: 100 },
  );
});

const occurrencesOf = async (rule: Rule) =>
  occurrencesAfter({ times: await timesOf(rule), zone: rule.zone }, new Date(0));

const weekdayOf = (local: string) => (new Date(`${local}Z`).getUTCDay() + 6) % 7;

function slotsOf(zone: string, lists: readonly string[][]): PostingSlots {
  const [monday = [], tuesday = [], wednesday = [], thursday = [], friday = [], saturday = [], sunday = []] = lists;
  return { zone, weekdays: { monday, tuesday, wednesday, thursday, friday, saturday, sunday } };
}

function expectedSlots(change: ClockChange, slots: PostingSlots): number[] {
  const all = [-4, -3, -2, -1, 0, 1, 2, 3, 4].flatMap((day) => {
    const date = dateOf(change, day);
    const name = weekdays[weekdayOf(`${date}T00:00`)] ?? 'monday';
    return slots.weekdays[name].map((time) => instantByRfc(change, Date.parse(`${date}T${time}Z`)));
  });
  return [...new Set(all)].sort((one, other) => one - other);
}
