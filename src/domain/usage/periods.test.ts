import { expect, test } from '@jest/globals';
import { createCalendar } from './periods.ts';

const at = (timezone: string, moment: string) => createCalendar(timezone)(new Date(moment));
const hours = ({ startMs, endMs }: { startMs: number; endMs: number }) => (endMs - startMs) / 3_600_000;
const iso = (ms: number) => new Date(ms).toISOString();

test('a day turns over at local midnight', () => {
  expect(at('Asia/Shanghai', '2026-11-23T15:59:59.999Z').day.startDate).toBe('2026-11-23');
  const { day } = at('Asia/Shanghai', '2026-11-23T16:00:00Z');
  expect([day.key, iso(day.startMs), iso(day.endMs)]).toEqual([
    'd2026-11-24',
    '2026-11-23T16:00:00.000Z',
    '2026-11-24T16:00:00.000Z',
  ]);
});

test('a week starts on Monday, a month on its first, also across the end of a year', () => {
  const { week, month } = at('Asia/Shanghai', '2027-01-02T00:00:00Z');
  expect([week.startDate, week.endDate]).toEqual(['2026-12-28', '2027-01-03']);
  expect([month.startDate, month.endDate]).toEqual(['2027-01-01', '2027-01-31']);
  expect(at('UTC', '2026-11-29T23:59:59Z').week.startDate).toBe('2026-11-23');
  expect(at('UTC', '2026-11-30T00:00:00Z').week.startDate).toBe('2026-11-30');
});

test('the day on which clocks go forward has 23 hours, and back 25', () => {
  expect(hours(at('America/New_York', '2026-03-08T12:00:00Z').day)).toBe(23);
  expect(hours(at('America/New_York', '2026-11-01T12:00:00Z').day)).toBe(25);
  expect(hours(at('America/New_York', '2026-11-01T12:00:00Z').week)).toBe(7 * 24 + 1);
});

test('where clocks change at midnight, the day starts at one', () => {
  const { day } = at('Africa/Cairo', '2026-04-24T12:00:00Z');
  expect(iso(day.startMs)).toBe('2026-04-23T22:00:00.000Z');
  expect(hours(day)).toBe(23);
});

test('a calendar that remembers a day lets go of it at its end', () => {
  const calendar = createCalendar('Asia/Shanghai');
  const keys = ['2026-11-30T15:00:00Z', '2026-11-30T15:59:59Z', '2026-11-30T16:00:00Z', '2026-11-30T15:00:00Z'].map(
    (moment) => calendar(new Date(moment)).month.key,
  );
  expect(keys).toEqual(['m2026-11-01', 'm2026-11-01', 'm2026-12-01', 'm2026-11-01']);
});

test('a timezone that does not exist is refused at the start', () => {
  expect(() => createCalendar('Mars/Olympus')).toThrow(RangeError);
});
