import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { UsageRecord } from '../../entities/usage-record.ts';
import { countersOf, priced, spent, usagePlace } from '../../../test/usage-place.ts';
import type { UsagePlace } from '../../../test/usage-place.ts';
import { usageKeys } from './hold.ts';
import type { Caller } from './usage.ts';

const NOON = new Date('2026-11-25T12:00:00Z');
let place: UsagePlace;
beforeAll(async () => {
  place = await usagePlace();
});
afterAll(() => place.close());
beforeEach(() => void (place.clock.now = NOON));

const counted = async ({ userId, keyId }: Caller) => ({
  user: await countersOf(place.redis, userId),
  key: await countersOf(place.redis, userId, keyId),
});

/** As a server without persistence is after a restart, for this user. */
async function redisForgets({ userId, keyId }: Caller): Promise<void> {
  const { scope, holds, leases, epoch } = usageKeys(userId);
  await place.redis.del(holds, leases, epoch, scope(userId), scope(keyId ?? userId));
}

test('a running call counts at its worst on the key and on the user, an ended one at what it used', async () => {
  const caller = await place.newCaller({ key: {} });
  const { hold } = await place.usage.reserve(priced(caller));
  const atWorst = { running: 1, periods: { day: { key: 'd2026-11-25', tokens: 100, costNanos: 1_000 } } };
  expect(await counted(caller)).toMatchObject({ user: atWorst, key: atWorst });

  await place.usage.settle(hold, spent({ costNanos: 700 }));
  const used = { tokens: 15, costNanos: 700 };
  const ended = { running: 0, periods: { day: used, week: used, month: used } };
  expect(await counted(caller)).toMatchObject({ user: ended, key: ended });
});

test('a call that came to more than its worst case is charged in full', async () => {
  const caller = await place.newCaller({ user: { costNanosPerDay: 1_500 } });
  const { hold } = await place.usage.reserve(priced(caller));
  await place.usage.settle(hold, spent({ costNanos: 9_000 }));
  await expect(place.usage.reserve(priced(caller))).rejects.toMatchObject({ details: { current: 9_000 } });
});

test('a call that spans midnight is charged to the day in which it began, and weighs nothing on the next', async () => {
  const caller = await place.newCaller({ user: { tokensPerDay: 110 } });
  place.clock.now = new Date('2026-11-25T23:59:59.900Z');
  const { hold: old } = await place.usage.reserve(priced(caller));
  place.clock.now = new Date('2026-11-26T00:00:00.100Z');
  const { hold: young } = await place.usage.reserve(priced(caller)); // a whole day's tokens are there again
  await place.usage.settle(old, spent());

  const day = { key: 'd2026-11-26', tokens: 100, costNanos: 1_000 };
  const week = { key: 'w2026-11-23', tokens: 115, costNanos: 2_000 };
  expect(await countersOf(place.redis, caller.userId)).toMatchObject({ running: 1, periods: { day, week } });
  await place.usage.settle(young, spent());
  await place.usage.ledger.drain();
  const rows = await place.database.em.fork().find(UsageRecord, { userId: caller.userId });
  const days = rows.map(({ createdAt }) => createdAt.toISOString().slice(0, 10)).sort();
  expect(days).toEqual(['2026-11-25', '2026-11-26']);
});

test('what a call used is charged also when Redis has lost its hold and its counters', async () => {
  const caller = await place.newCaller({ key: {} });
  const { hold } = await place.usage.reserve(priced(caller));
  await redisForgets(caller);
  await place.usage.settle(hold, spent());
  await place.usage.settle(hold, spent());

  const used = { running: 0, periods: { day: { tokens: 15, costNanos: 1_000 } } };
  expect(await counted(caller)).toMatchObject({ user: used, key: used });
  await place.usage.ledger.drain();
  await expect(place.database.em.fork().count(UsageRecord, { userId: caller.userId })).resolves.toBe(1);
});

test('a renewal puts back the hold that Redis has lost, and what it may spend is not free meanwhile', async () => {
  const caller = await place.newCaller({ user: { tokensPerDay: 150 } });
  const { hold } = await place.usage.reserve(priced(caller));
  await redisForgets(caller);
  await place.usage.renew(hold);
  await place.usage.renew(hold);

  await expect(place.usage.reserve(priced(caller))).rejects.toMatchObject({ details: { current: 100 } });
  await place.usage.settle(hold, spent());
  expect(await counted(caller)).toMatchObject({ user: { running: 0, periods: { day: { tokens: 15 } } } });
});

test('a settlement that comes after the call was given up as lost changes nothing', async () => {
  const caller = await place.newCaller();
  const short = await place.another({ leaseMs: 1 });
  const { hold } = await short.usage.reserve(priced(caller));
  while ((await place.usage.settleLostHolds()) === 0);
  await place.usage.settle(hold, spent());
  await place.usage.renew(hold);
  expect(await counted(caller)).toMatchObject({ user: { running: 0, periods: { day: { tokens: 100 } } } });
});

test('a hold that was put back is charged once, also when its settlement is repeated, and is not put back again', async () => {
  const caller = await place.newCaller();
  const { hold } = await place.usage.reserve(priced(caller));
  await redisForgets(caller);
  await place.usage.renew(hold);
  await place.usage.settle(hold, spent());
  await place.usage.settle(hold, spent());
  await place.usage.renew(hold);
  expect(await counted(caller)).toMatchObject({ user: { running: 0, periods: { day: { tokens: 15 } } } });
});

test('counters that cannot be read refuse their own calls, and nobody else who asks in the same moment', async () => {
  const [damaged, healthy] = [await place.newCaller(), await place.newCaller()];
  const neighbour = { ...healthy, userId: sameShard(damaged.userId) };
  await place.redis.set(usageKeys(damaged.userId).scope(damaged.userId), 'no counters');
  const calls = [damaged, neighbour].map((caller) => place.usage.reserve(priced(caller)));
  const [bad, good] = await Promise.allSettled(calls);
  expect(bad).toMatchObject({ status: 'rejected', reason: { code: 'limits_unavailable' } });
  expect(good).toMatchObject({ status: 'fulfilled' });
  await place.redis.del(usageKeys(damaged.userId).scope(damaged.userId));
});

/** Another user whose keys lie beside those of this one. */
function sameShard(userId: string): string {
  const { holds } = usageKeys(userId);
  for (let number = 0; ; number++) if (usageKeys(`usr_${number}`).holds === holds) return `usr_${number}`;
}
