import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { UsageRecord } from '../../entities/usage-record.ts';
import { usageChild } from '../../../test/usage-child.ts';
import type { UsageChild } from '../../../test/usage-child.ts';
import { countersOf, eventually, priced, spent, usagePlace } from '../../../test/usage-place.ts';
import type { UsagePlace } from '../../../test/usage-place.ts';
import { usageKeys } from './hold.ts';
import type { Caller } from './usage.ts';

const LEASE_MS = 300;
let place: UsagePlace;
let children: UsageChild[];

beforeAll(async () => {
  place = await usagePlace();
  place.clock.now = new Date();
  children = await Promise.all([usageChild(place.config, LEASE_MS), usageChild(place.config, LEASE_MS)]);
});
afterAll(async () => {
  await Promise.all(children.map((child) => child.kill()));
  await place.close();
});

const usedToday = async ({ userId }: Caller) => (await countersOf(place.redis, userId)).periods.day;

test('200 calls of known cost through two processes spend a cap to the last whole call, round after round', async () => {
  const [COST, CAP, ROUNDS] = [1_000, 50_999, 5];
  const caller = await place.newCaller();
  const within = (rounds: number) => Math.floor((CAP * rounds) / COST);
  for (let round = 1; round <= ROUNDS; round++) {
    const capped = { ...caller, userLimits: { ...caller.userLimits, costNanosPerDay: CAP * round } };
    const calls = () => Array.from({ length: 100 }, () => priced(capped, { costNanos: COST, tokens: 15 }));
    const held = await Promise.all(children.map((child) => child.reserve(calls())));
    expect(held.flat()).toHaveLength(within(round) - within(round - 1));
    await Promise.all(children.map((child, at) => child.settle(held[at] ?? [])));
    await expect(usedToday(caller)).resolves.toMatchObject({ costNanos: within(round) * COST });
  }
});

test('what was held and not used is free at once: after settling nobody is refused falsely', async () => {
  const caller = await place.newCaller({ user: { tokensPerDay: 10_000, concurrentRequests: 100 } });
  for (let round = 0; round < 5; round++) {
    const calls = () => Array.from({ length: 100 }, () => priced(caller, { tokens: 100 }));
    const held = await Promise.all(children.map((child) => child.reserve(calls())));
    expect(held.flat()).toHaveLength(100 - Math.ceil((round * 10 * 15) / 100));
    const [used, unused] = [held.flat().slice(0, 10), held.flat().slice(10)];
    await Promise.all(used.map((hold) => place.usage.settle(hold, spent())));
    await Promise.all(unused.map((hold) => place.usage.settle(hold, spent({ inputTokens: 0, outputTokens: 0 }))));
  }
  await expect(countersOf(place.redis, caller.userId)).resolves.toMatchObject({ running: 0 });
});

test("a killed process's calls are charged at their worst when the lease ends, flagged, and hold nothing more", async () => {
  const caller = await place.newCaller({ key: {}, user: { concurrentRequests: 3 } });
  const dying = await usageChild(place.config, LEASE_MS);
  const held = await dying.reserve([priced(caller), priced(caller), priced(caller)]);
  expect(held).toHaveLength(3);
  const { holds, leases } = usageKeys(caller.userId);
  const [owner = ''] = (await place.redis.hget(holds, held[0]?.requestId ?? ''))?.split('|') ?? [];
  const leaseEnds = async () => Number(await place.redis.zscore(leases, owner));
  const firstEnd = await leaseEnds();
  await eventually(async () => (await leaseEnds()) > firstEnd + LEASE_MS);
  await expect(place.usage.settleLostHolds()).resolves.toBe(0); // it lives and renews
  await dying.kill();

  await expect(place.usage.reserve(priced(caller))).rejects.toMatchObject({ code: 'limit_exceeded' });
  let found = 0;
  await eventually(async () => (found += await place.usage.settleLostHolds()) === 3);
  await expect(countersOf(place.redis, caller.userId)).resolves.toMatchObject({
    running: 0,
    periods: { day: { tokens: 300, costNanos: 3_000 } },
  });
  await expect(place.usage.reserve(priced(caller))).resolves.toBeDefined();
  await place.usage.ledger.drain();
  const rows = await place.database.em.fork().find(UsageRecord, { userId: caller.userId });
  expect(rows).toHaveLength(3);
  expect(rows[0]).toMatchObject({
    apiKeyId: caller.keyId,
    modelName: 'model-a',
    inputTokens: 10,
    outputTokens: 90,
    costNanos: 1_000,
    estimated: true,
    success: false,
    errorCode: 'process_lost',
  });
});
