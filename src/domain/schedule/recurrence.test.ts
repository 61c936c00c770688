import { expect, test } from '@jest/globals';
import { occurrencesAfter } from './occurrences.ts';
import { MOST_OCCURRENCES, timesOf } from './recurrence.ts';

const berlin = { startsAt: '2026-03-27T02:30', zone: 'Europe/Berlin' };
async function occurrences(rrule: string, rule = berlin): Promise<string[]> {
  const times = await timesOf({ rrule, ...rule });
  return occurrencesAfter({ times, zone: rule.zone }, new Date(0)).map(({ at }) => at.toISOString());
}

test('a time that the spring leaves out is moved, and the next day has its own time again', async () => {
  expect(await occurrences('FREQ=DAILY;COUNT=4')).toEqual([
    '2026-03-27T01:30:00.000Z',
    '2026-03-28T01:30:00.000Z',
    '2026-03-29T01:30:00.000Z', // 03:30 on the clocks
    '2026-03-30T00:30:00.000Z',
  ]);
});

test('of a time that comes twice in autumn, the first counts', async () => {
  const rule = { ...berlin, startsAt: '2026-10-25T02:30' };
  expect(await occurrences('FREQ=DAILY;COUNT=1', rule)).toEqual(['2026-10-25T00:30:00.000Z']);
});

test.each([
  ['a local day, to its end', 'UNTIL=20260328'],
  ['a local time', 'UNTIL=20260328T023000'],
  ['a time in UTC', 'UNTIL=20260328T013000Z'],
])('UNTIL may be %s, and is the last that counts', async (_, until) => {
  expect(await occurrences(`RRULE:FREQ=DAILY;${until}`)).toHaveLength(2);
});

test('UNTIL in UTC is compared as an instant where clocks go back', async () => {
  const rule = { ...berlin, startsAt: '2026-10-24T02:30' };
  expect(await occurrences('FREQ=DAILY;UNTIL=20261025T010000Z', rule)).toHaveLength(2); // 02:00 again; 02:30 was before it
});

test.each([
  ['FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=09;BYMINUTE=0;COUNT=2', ['2026-03-27T08:00:00.000Z', '2026-04-24T07:00:00.000Z']],
  ['FREQ=MONTHLY;BYMONTHDAY=31;COUNT=2', ['2026-03-31T00:30:00.000Z', '2026-05-31T00:30:00.000Z']],
  ['FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;COUNT=2', ['2026-04-06T00:30:00.000Z', '2026-04-20T00:30:00.000Z']],
])('%s', async (rrule, wanted) => {
  const rule = rrule.includes('BYHOUR') ? { ...berlin, startsAt: '2026-03-27T00:00' } : berlin;
  expect(await occurrences(rrule, rule)).toEqual(wanted);
});

test.each([
  ['', 'a part that is not allowed'],
  ['FREQ=DAILY', 'needs an end'],
  ['FREQ=DAILY;COUNT=1;UNTIL=20270101', 'needs an end'],
  ['COUNT=3', 'has no FREQ'],
  ['FREQ=MINUTELY;COUNT=3', 'wrong FREQ'],
  ['FREQ=DAILY;COUNT=0', 'wrong COUNT'],
  ['FREQ=DAILY;BYHOUR=24;COUNT=1', 'wrong BYHOUR'],
  ['FREQ=DAILY;COUNT=1;COUNT=1', 'names a part twice'],
  ['FREQ=DAILY;UNTIL=20260231', 'wrong UNTIL'],
  ['FREQ=DAILY;COUNT=2\nEXDATE:20260328T023000Z', 'wrong COUNT'],
  ['FREQ=HOURLY;BYMINUTE=0,30;COUNT=4', 'more often than once an hour'],
  [`FREQ=DAILY;COUNT=${MOST_OCCURRENCES + 1}`, `more than ${MOST_OCCURRENCES} occurrences`],
  ['FREQ=DAILY;UNTIL=20991231', `more than ${MOST_OCCURRENCES} occurrences`],
  ['FREQ=YEARLY;COUNT=20', 'more than 10 years'],
  ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=1', 'cannot be followed'],
  ['FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30;UNTIL=20301231', 'cannot be followed'],
  ['FREQ=DAILY;BYDAY=2MO;COUNT=2', 'cannot be followed'],
  ['FREQ=DAILY;UNTIL=20260101', 'gives no occurrence'],
])('refuses %j: %s', async (rrule, why) => {
  await expect(occurrences(rrule)).rejects.toMatchObject({
    code: 'unprocessable',
    message: expect.stringMatching(new RegExp(`^rrule: .*${why}`)),
  });
});
