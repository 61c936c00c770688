import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { countersOf, priced, spent, usagePlace } from '../../../test/usage-place.ts';
import type { UsagePlace } from '../../../test/usage-place.ts';
import { repairCounters } from './counters.ts';
import { usageKeys } from './hold.ts';
import type { Caller, Hold, Usage } from './usage.ts';

const NOON = new Date('2026-11-25T12:00:00Z');
let place: UsagePlace;
beforeAll(async () => {
  place = await usagePlace();
});
afterAll(() => place.close());
beforeEach(() => void (place.clock.now = NOON));

/** All users, whatever the page. */
async function reconciled(usage: Usage = place.usage, limit = 100) {
  const sum = { scopes: 0, repaired: 0, busy: 0 };
  for (let after: string | null = null, isFirst = true; isFirst || after !== null; isFirst = false) {
    const page = await usage.reconcile({ after, limit });
    sum.scopes += page.scopes;
    sum.repaired += page.repaired;
    sum.busy += page.busy;
    after = page.next;
  }
  return sum;
}

const reserved = async (caller: Caller, worst = {}) => (await place.usage.reserve(priced(caller, worst))).hold;
const used = async (caller: Caller, to = {}) => place.usage.settle(await reserved(caller), spent(to));

/** What limits count is off by so much. */
async function drifted({ userId, keyId }: Caller, by: number): Promise<void> {
  const { seen, running, periods } = await countersOf(place.redis, userId, keyId);
  const { day, ...rest } = periods;
  const wrong = { ...day, tokens: day.tokens + by, costNanos: day.costNanos + by };
  const right = { running: running + 1, periods: { ...rest, day: wrong } };
  await repairCounters(place.redis, { scope: usageKeys(userId).scope(keyId ?? userId), seen, right });
}

test('what agrees is left alone, wherever the calls are: held, waiting or written', async () => {
  const caller = await place.newCaller({ key: {} });
  await used(caller);
  await place.usage.ledger.drain();
  await used(caller);
  await reserved(caller);
  const before = await countersOf(place.redis, caller.userId);
  await expect(reconciled()).resolves.toMatchObject({ repaired: 0, busy: 0 });
  await expect(countersOf(place.redis, caller.userId)).resolves.toEqual(before);
});

test.each([5, -5])('a counter that drifted by %p is put right, with what runs, and once', async (by) => {
  const [caller, other] = [await place.newCaller({ key: {} }), await place.newCaller()];
  await used(caller);
  await reserved(caller);
  const before = await countersOf(place.redis, caller.userId, caller.keyId);
  await used(other);
  await drifted(caller, by);
  await drifted(other, by);
  await expect(reconciled(place.usage, 1)).resolves.toMatchObject({ repaired: 2, busy: 0 });
  await expect(reconciled()).resolves.toMatchObject({ repaired: 0 });
  await expect(countersOf(place.redis, caller.userId, caller.keyId)).resolves.toEqual(before);
});

test('after Redis has lost its memory a cap that was spent is still spent, and so is what runs', async () => {
  const spender = await place.newCaller({ key: {}, user: { costNanosPerMonth: 2_500 } });
  const runner = await place.newCaller({ user: { tokensPerDay: 150 } });
  place.clock.now = new Date('2026-11-23T12:00:00Z');
  await used(spender);
  place.clock.now = NOON;
  await used(spender);
  await place.usage.ledger.drain();
  const running = await reserved(runner);
  const keys = await place.redis.keys(`${place.config.REDIS_PREFIX}*`);
  await place.redis.del(...keys.map((key) => key.slice(place.config.REDIS_PREFIX.length)));
  await place.usage.renew(running);

  await reconciled();
  await expect(place.usage.reserve(priced(spender))).rejects.toMatchObject({
    details: { limit: 'cost_nanos_per_month', current: 2_000 },
  });
  await expect(countersOf(place.redis, spender.userId, spender.keyId)).resolves.toMatchObject({
    running: 0,
    periods: { day: { costNanos: 1_000 }, week: { costNanos: 2_000 }, month: { costNanos: 2_000 } },
  });
  await expect(place.usage.reserve(priced(runner))).rejects.toMatchObject({ details: { limit: 'tokens_per_day' } });
});

test('calls that come and go meanwhile are never taken for drift', async () => {
  const callers = [await place.newCaller({ key: {} }), await place.newCaller()];
  const consumer = await place.another();
  consumer.usage.ledger.start();
  let repaired = 0;
  const traffic = callers.flatMap((caller) => Array.from({ length: 4 }, () => callsOf(caller, 60)));
  const looks = (async () => {
    for (let look = 0; look < 15; look++) repaired += (await reconciled()).repaired;
  })();
  await Promise.all([...traffic, looks]);
  await consumer.usage.ledger.drain();
  expect(repaired).toBe(0);
  await expect(reconciled()).resolves.toMatchObject({ repaired: 0, busy: 0 });
});

async function callsOf(caller: Caller, count: number): Promise<void> {
  for (let at = 0; at < count; at++) await used(caller, { costNanos: at, inputTokens: at });
}

test('a drift of somebody who calls without a pause waits for one, and is then repaired', async () => {
  const caller = await place.newCaller();
  await used(caller);
  await drifted(caller, 1_000_000);
  const looked = new AbortController();
  const traffic = Array.from({ length: 4 }, () => callsUntil(caller, looked.signal));
  const { repaired, busy } = await reconciled();
  looked.abort();
  await Promise.all(traffic);
  expect(repaired + busy).toBe(1);
  await expect(reconciled()).resolves.toMatchObject({ repaired: busy, busy: 0 });
});

async function callsUntil(caller: Caller, end: AbortSignal): Promise<void> {
  while (!end.aborted) await used(caller);
}

test('what cannot be read holds up neither the comparison nor the settling of lost calls', async () => {
  const caller = await place.newCaller();
  const { holds, leases, events } = usageKeys(caller.userId);
  await place.redis.hset(holds, 'req_damaged', '1|{');
  await place.redis.zadd(leases, 1, 'req_damaged', 2, 'req_without_hold');
  await place.redis.xadd(events, '*', 'event', 'not an event');
  await used(caller);
  await expect(reconciled()).resolves.toMatchObject({ repaired: 0 });
  await place.usage.settleLostHolds();
  await expect(place.redis.zcount(leases, 1, 2)).resolves.toBe(0);
  await expect(place.redis.hexists(holds, 'req_damaged')).resolves.toBe(0);
});

test('while the ledger is far behind nothing is compared', async () => {
  const caller = await place.newCaller();
  const { events } = usageKeys(caller.userId);
  const filler = Array.from({ length: 2_000 }, () => place.redis.xadd(events, '*', 'event', 'waits'));
  const ids = (await Promise.all(filler)).filter((id) => id !== null);
  await expect(reconciled()).rejects.toMatchObject({ code: 'unavailable' });
  await place.redis.xdel(events, ...ids);
});

test('1,000 random operations leave holds, counters, events and rows in agreement at every step that is looked at', async () => {
  const random = pseudoRandom(20_261_125);
  const callers = [await place.newCaller({ key: {} }), await place.newCaller()];
  const holds: Hold[] = [];
  const startMs = NOON.getTime();
  for (let step = 1; step <= 1_000; step++) {
    place.clock.now = new Date(startMs + step * 240_000); // nearly three days, and the end of none is special
    await oneOf(random, holds, callers);
    if (step % 50 === 0) await expect(reconciled()).resolves.toMatchObject({ repaired: 0, busy: 0 });
  }
  for (const hold of holds) await place.usage.settle(hold, spent());
  await place.usage.ledger.drain();
  await expect(reconciled()).resolves.toMatchObject({ repaired: 0, busy: 0 });
});

async function oneOf(random: (below: number) => number, holds: Hold[], callers: Caller[]): Promise<void> {
  const caller = callers[random(callers.length)];
  const hold = holds[random(holds.length + 1)];
  const act = random(12);
  if (act < 5 && caller) holds.push(await reserved(caller, { tokens: random(1_000), costNanos: random(10_000) }));
  else if (act < 10 && hold)
    await place.usage.settle(hold, spent({ costNanos: random(12_000), inputTokens: random(900) }));
  else if (act === 10 && hold) await place.usage.renew(hold);
  else if (act === 11) await place.usage.ledger.drain();
}

/** Numbers below a bound, the same in every run (a linear congruential generator, constants of Numerical Recipes). */
function pseudoRandom(seed: number) {
  let state = seed;
  return (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
