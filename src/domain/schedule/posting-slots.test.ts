import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { SealedAccount } from '../../../test/credential-place.ts';
import { schedulePlace } from '../../../test/schedule-place.ts';
import type { SchedulePlace } from '../../../test/schedule-place.ts';
import type { PostingSlots } from '../../entities/platform-account.ts';
import { nextFreeSlot } from './posting-slots.ts';

let place: SchedulePlace;
let account: SealedAccount;

/** Thursday. */
const today = new Date('2026-01-01T00:00:00Z');
const none = { monday: [], tuesday: [], wednesday: [], thursday: [], friday: [], saturday: [], sunday: [] };
const slots: PostingSlots = {
  zone: 'Asia/Shanghai',
  weekdays: { ...none, thursday: ['09:00', '20:00'], saturday: ['10:30'] },
};

beforeAll(async () => {
  place = await schedulePlace();
});
afterAll(() => place.close());
beforeEach(async () => {
  place.clock.now = today;
  account = await place.account();
});

const replace = (wanted = slots) => place.schedule.slots.replace(place.name(account), wanted);
const next = async (count: number) => {
  const free = await place.schedule.slots.next(place.name(account), count);
  return free.map((at) => at.toISOString());
};
const content = { title: 't', markdown: 'm', tags: [], coverMediaId: null, aiGenerated: false };

/** What the schedule route does for `next_free_slot`. */
const scheduleInSlot = () =>
  place.database.em.fork().transactional(async (em) => {
    const scheduledAt = await nextFreeSlot(em, account.accountId, today);
    const { userId, accountId } = account;
    await place.publications.add(em, {
      userId,
      accountId,
      platform: 'wordpress',
      content,
      scheduledAt,
      state: 'scheduled',
    });
    return scheduledAt.toISOString();
  });

test('slots are local times of the account’s own zone', async () => {
  expect(await place.schedule.slots.of(place.name(account))).toEqual({ zone: 'UTC', weekdays: none });
  await replace();
  expect(await place.schedule.slots.of(place.name(account))).toEqual(slots);
  expect(await next(3)).toEqual(['2026-01-01T01:00:00.000Z', '2026-01-01T12:00:00.000Z', '2026-01-03T02:30:00.000Z']);
});

test('ten posts at once take ten slots', async () => {
  await replace();
  const free = await next(10);
  const taken = await Promise.all(Array.from({ length: 10 }, scheduleInSlot));
  expect(taken.toSorted()).toEqual(free);
});

test('the slot of a post that was cancelled is free again', async () => {
  await replace();
  const { userId, accountId } = account;
  const row = {
    userId,
    accountId,
    platform: 'wordpress',
    content,
    scheduledAt: new Date('2026-01-01T01:00:20Z'),
    state: 'scheduled',
  } as const;
  const { id } = await place.publications.add(place.database.em.fork(), row);
  expect(await next(1)).toEqual(['2026-01-01T12:00:00.000Z']);
  await place.publications.move(id, { to: 'cancelled', note: 'cancelled' });
  expect(await next(1)).toEqual(['2026-01-01T01:00:00.000Z']);
});

test('occurrences of an active recurring post take slots', async () => {
  await replace();
  const { id } = await place.recur(account, {
    rule: { rrule: 'FREQ=WEEKLY;COUNT=2', startsAt: '2026-01-01T20:00', zone: 'Asia/Shanghai' },
  });
  expect(await next(2)).toEqual(['2026-01-01T01:00:00.000Z', '2026-01-03T02:30:00.000Z']);
  await place.schedule.recurring.end(account.userId, id);
  expect(await next(2)).toEqual(['2026-01-01T01:00:00.000Z', '2026-01-01T12:00:00.000Z']);
});

test('without slots there is no free one, and the refusal names the field', async () => {
  await expect(scheduleInSlot()).rejects.toMatchObject({
    code: 'unprocessable',
    message: expect.stringMatching(/^scheduled_at/),
  });
  await replace({ zone: 'UTC', weekdays: none });
  await expect(scheduleInSlot()).rejects.toMatchObject({
    code: 'unprocessable',
    message: expect.stringMatching(/^scheduled_at/),
  });
  expect(await next(5)).toEqual([]);
});

test('slots are their owner’s alone', async () => {
  const stranger = await place.user();
  const name = { ...place.name(account), userId: stranger };
  await expect(place.schedule.slots.of(name)).rejects.toMatchObject({ code: 'not_found' });
  await expect(place.schedule.slots.replace(name, slots)).rejects.toMatchObject({ code: 'not_found' });
});
