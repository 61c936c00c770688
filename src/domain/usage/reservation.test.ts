import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Redis } from 'ioredis';
import { UsageRecord } from '../../entities/usage-record.ts';
import { AppError } from '../../errors.ts';
import { newId } from '../../infra/ids.ts';
import { eventually, priced, spent, usagePlace } from '../../../test/usage-place.ts';
import type { UsagePlace } from '../../../test/usage-place.ts';
import { usageKeys } from './hold.ts';
import type { Caller, PricedCall } from './usage.ts';

let place: UsagePlace;
beforeAll(async () => {
  place = await usagePlace();
});
afterAll(() => place.close());

const call = (caller: Caller, tokens = 100, costNanos = 1_000) => priced(caller, { tokens, costNanos });
async function settled(made: PricedCall, to = spent()): Promise<void> {
  await place.usage.settle((await place.usage.reserve(made)).hold, to);
}
/** Sets what a user's last call left behind back (or ahead) by minutes. */
async function minuteMoved({ userId }: Caller, { by, requests }: { by: number; requests: number }): Promise<void> {
  const move = `local now = cmsgpack.unpack(redis.call('GET', KEYS[1]))
    now[2], now[3] = now[2] + ARGV[1], tonumber(ARGV[2])
    redis.call('SET', KEYS[1], cmsgpack.pack(now))`;
  await place.redis.eval(move, 1, usageKeys(userId).scope(userId), by, requests);
}
const oneAtATime = { user: { concurrentRequests: 1 } };
const ADMITTED = 'admitted';
const refusalOf = async (promise: Promise<unknown>) => {
  const error: unknown = await promise.then(
    () => ADMITTED,
    (reason: unknown) => reason,
  );
  return error instanceof AppError ? { code: error.code, ...error.details } : error;
};

test('100 concurrent calls from two processes never overrun a budget by one token', async () => {
  const caller = await place.newCaller({ user: { tokensPerDay: 1_250 } });
  const other = await place.another();
  const calls = Array.from({ length: 100 }, (_, i) => (i % 2 ? place.usage : other.usage).reserve(call(caller)));
  const passed = (await Promise.allSettled(calls)).filter(({ status }) => status === 'fulfilled');
  expect(passed).toHaveLength(12);
});

test('after settling, what was held and not used is free again', async () => {
  const caller = await place.newCaller({ user: { tokensPerDay: 150, costNanosPerMonth: 2_100 } });
  const { hold } = await place.usage.reserve(call(caller));
  await expect(refusalOf(place.usage.reserve(call(caller)))).resolves.toMatchObject({
    limit: 'tokens_per_day',
    current: 100,
  });
  await place.usage.settle(hold, spent({ inputTokens: 40, outputTokens: 10, costNanos: 1_100 }));
  await expect(place.usage.reserve(call(caller))).resolves.toMatchObject({ hold: { tokens: 100 } });
});

test('a refusal names scope, limit and the seconds to wait, and holds nothing on the other scopes', async () => {
  const caller = await place.newCaller({ user: { concurrentRequests: 1 }, key: { costNanosPerDay: 500 } });
  await expect(refusalOf(place.usage.reserve(call(caller)))).resolves.toEqual({
    code: 'limit_exceeded',
    scope: 'key',
    limit: 'cost_nanos_per_day',
    limit_value: 500,
    current: 0,
    retry_after_seconds: 12 * 3600,
    period_quota: true,
    never_fits: true,
  });
  await expect(place.usage.reserve(call(caller, 1, 500))).resolves.toBeDefined();
});

test('a key is limited by itself, a user over all keys', async () => {
  const first = await place.newCaller({ user: { concurrentRequests: 3 }, key: { concurrentRequests: 2 } });
  const second = { ...first, keyId: newId('key') };
  await place.usage.reserve(call(first));
  await place.usage.reserve(call(first));
  await expect(refusalOf(place.usage.reserve(call(first)))).resolves.toMatchObject({
    scope: 'key',
    limit: 'concurrent_requests',
  });
  await place.usage.reserve(call(second));
  await expect(refusalOf(place.usage.reserve(call(second)))).resolves.toMatchObject({
    scope: 'user',
    period_quota: false,
  });
});

test('requests per minute count admitted calls, settled or not', async () => {
  const caller = await place.newCaller({ user: { requestsPerMinute: 2 } });
  await settled(call(caller));
  await place.usage.reserve(call(caller));
  const refusal = await refusalOf(place.usage.reserve(call(caller)));
  expect(refusal).toMatchObject({ limit: 'requests_per_minute', limit_value: 2, current: 2 });
  expect(refusal).toHaveProperty('retry_after_seconds', expect.any(Number));
});

test('tokens per minute count what runs at its worst case and what has ended at what it used', async () => {
  const caller = await place.newCaller({ user: { tokensPerMinute: 250 } });
  await settled(call(caller, 200));
  await place.usage.reserve(call(caller, 200));
  await expect(refusalOf(place.usage.reserve(call(caller, 40)))).resolves.toMatchObject({
    limit: 'tokens_per_minute',
    current: 215,
  });
});

test("last minute's requests weigh as much as is left of them in the sliding window", async () => {
  const caller = await place.newCaller({ user: { requestsPerMinute: 10 } });
  await place.usage.reserve(call(caller));
  await minuteMoved(caller, { by: -1, requests: 1_000_000 });
  await expect(refusalOf(place.usage.reserve(call(caller)))).resolves.toMatchObject({ limit: 'requests_per_minute' });
  await minuteMoved(caller, { by: -1, requests: 1_000_000 });
  await expect(place.usage.reserve(call(caller))).resolves.toBeDefined();
});

test("a dead process's hold expires, a renewed one does not", async () => {
  const [dead, alive] = [await place.newCaller(oneAtATime), await place.newCaller(oneAtATime)];
  const dying = await place.another({ leaseMs: 40 });
  await dying.usage.reserve(call(dead));
  const { hold } = await dying.usage.reserve(call(alive));
  await place.usage.renew(hold);
  await eventually(async () => (await place.usage.settleLostHolds()) > 0);
  await expect(refusalOf(place.usage.reserve(call(dead)))).resolves.toBe(ADMITTED);
  await expect(refusalOf(place.usage.reserve(call(alive)))).resolves.toMatchObject({ limit: 'concurrent_requests' });
});

test('a retry with the same request id gets the same hold, and the worst case is held once', async () => {
  const caller = await place.newCaller({ user: { concurrentRequests: 1, requestsPerMinute: 1, tokensPerDay: 100 } });
  const durable = { ...call(caller), durable: true };
  const { hold } = await place.usage.reserve(durable);
  place.clock.now = new Date('2026-11-26T12:00:00Z');
  await expect(place.usage.reserve(durable)).resolves.toEqual({ hold, standing: [] });
  place.clock.now = new Date('2026-11-25T12:00:00Z');
});

test('settling twice charges once, and a settled request cannot be reserved again', async () => {
  const caller = await place.newCaller({ user: { tokensPerDay: 1_000 } });
  const durable = { ...call(caller), durable: true };
  const { hold } = await place.usage.reserve(durable);
  await Promise.all([place.usage.settle(hold, spent()), place.usage.settle(hold, spent())]);
  await place.usage.renew(hold);
  await expect(place.usage.quota(caller)).resolves.toMatchObject({
    daily: { used: 15, remaining: 985, percentage: 1.5 },
  });
  await expect(refusalOf(place.usage.reserve(durable))).resolves.toMatchObject({ code: 'conflict' });
});

test('a call is charged to the period in which it was reserved, also when its lease had run out', async () => {
  const caller = await place.newCaller({ user: { tokensPerDay: 1_000, tokensPerMonth: 5_000 } });
  const short = await place.another({ leaseMs: 1 });
  const { hold } = await short.usage.reserve(call(caller));
  place.clock.now = new Date('2026-11-26T00:00:00Z');
  await place.usage.settle(hold, spent());
  await expect(place.usage.quota(caller)).resolves.toMatchObject({ daily: { used: 0 }, monthly: { used: 15 } });
  place.clock.now = new Date('2026-11-25T12:00:00Z');
  await expect(place.usage.quota(caller)).resolves.toMatchObject({
    daily: { used: 15 },
    weekly: { used: 15, remaining: null },
  });
});

test('a hold of yesterday does not weigh on the budget of today', async () => {
  const caller = await place.newCaller({ user: { tokensPerDay: 100 } });
  await place.usage.reserve(call(caller));
  place.clock.now = new Date('2026-11-26T00:00:00Z');
  await expect(place.usage.reserve(call(caller))).resolves.toBeDefined();
  place.clock.now = new Date('2026-11-25T12:00:00Z');
});

test("the quota is the key's where less is left of it", async () => {
  const caller = await place.newCaller({ user: { tokensPerDay: 1_000 }, key: { tokensPerDay: 20 } });
  await settled(call(caller, 15));
  await expect(place.usage.quota(caller)).resolves.toMatchObject({
    daily: { used: 15, limit: 20, remaining: 5, percentage: 75 },
  });
});

test('costs beyond 2^46 nano-dollars are counted to the last digit', async () => {
  const caller = await place.newCaller({ user: { costNanosPerDay: 2_000_000_000_000_003 } });
  await settled(call(caller), spent({ costNanos: 2_000_000_000_000_001 }));
  await expect(refusalOf(place.usage.reserve(call(caller, 1, 3)))).resolves.toMatchObject({
    current: 2_000_000_000_000_001,
  });
  await expect(place.usage.reserve(call(caller, 1, 2))).resolves.toBeDefined();
});

test('while Redis is away no call is free, and what was used is charged when it is back', async () => {
  const caller = await place.newCaller({ user: { tokensPerDay: 1_000 } });
  const cut = await place.another();
  const { hold } = await cut.usage.reserve(call(caller));
  cut.redis.disconnect();
  await eventually(() => cut.redis.status === 'end');
  await expect(refusalOf(cut.usage.reserve(call(caller)))).resolves.toMatchObject({ code: 'limits_unavailable' });
  await expect(refusalOf(cut.usage.settle(hold, spent()))).resolves.toMatchObject({ code: 'limits_unavailable' });
  cut.usage.settleSurely(hold, spent());
  await cut.redis.connect();
  await eventually(async () => (await place.usage.quota(caller)).daily.used === 15);
});

test('a hold that was made although its answer was lost is let go, and nobody pays for it', async () => {
  const caller = await place.newCaller({ user: { concurrentRequests: 1, tokensPerDay: 100 } });
  const lossy = await place.another({ redis: losingAnswers(place.redis) });
  await expect(refusalOf(lossy.usage.reserve(call(caller)))).resolves.toMatchObject({ code: 'limits_unavailable' });
  await eventually(async () => (await refusalOf(place.usage.reserve(call(caller)))) === ADMITTED);
  await place.usage.ledger.drain();
  await expect(place.database.em.fork().count(UsageRecord, { userId: caller.userId })).resolves.toBe(0);
});

/** A connection whose first command is done by the server, and answered too late. */
function losingAnswers(redis: Redis): Redis {
  let isFirst = true;
  return new Proxy(redis, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (name !== 'evalsha' || !isFirst) return typeof value === 'function' ? value.bind(target) : value;
      isFirst = false;
      return async (...args: Parameters<Redis['evalsha']>) => {
        await target.evalsha(...args);
        throw new Error('Command timed out');
      };
    },
  });
}

test('two keys of one user that ask in the same moment are both told what is left for the user', async () => {
  const first = await place.newCaller({ user: { tokensPerDay: 1_000 }, key: {} });
  const second = { ...first, keyId: newId('key'), userLimits: { ...first.userLimits } };
  const made = await Promise.all([first, second].map((caller) => place.usage.reserve(call(caller))));
  const ofUser = made.map(({ standing }) => standing.find(({ scope }) => scope === 'user')?.used[3]);
  expect(ofUser).toEqual([200, 200]);
});
