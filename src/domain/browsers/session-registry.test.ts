import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { createSessionRegistry } from './session-registry.ts';
import type { SessionRegistry } from './session-registry.ts';
import { noReport } from './worker-report.ts';

let redis: Redis;
let prefix: string;
let registry: SessionRegistry;

beforeAll(() => {
  redis = new Redis(process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379');
});
beforeEach(() => {
  prefix = `test-${randomUUID()}`;
  registry = createSessionRegistry(redis, { leaseMs: 60_000, prefix });
});
afterEach(async () => {
  const keys = await redis.keys(`{${prefix}}:*`);
  if (keys.length > 0) await redis.del(keys);
});
afterAll(async () => {
  await redis.quit();
});

const alive = (workerId: string, slots = 2, accountIds: string[] = []) =>
  registry.beat({ workerId, slots, accountIds, report: noReport });

/** Lets a worker's lease run out at once, as if it had died a lease ago. */
const die = (workerId: string) => redis.zadd(`{${prefix}}:workers`, 1, workerId);

test('a session stays with the live worker that holds it', async () => {
  await Promise.all([alive('a'), alive('b')]);
  await expect(registry.claim('acc', 'a')).resolves.toEqual({ workerId: 'a' });
  await expect(registry.claim('acc', 'b')).resolves.toEqual({ workerId: 'a' });
});

test('two workers that claim one account at once get one answer', async () => {
  await Promise.all([alive('a'), alive('b')]);
  const claims = await Promise.all(
    Array.from({ length: 20 }, (_, n) => registry.claim('acc', n % 2 === 0 ? 'a' : 'b')),
  );
  expect(new Set(claims.map(({ workerId }) => workerId)).size).toBe(1);
});

test('a full worker hands a new account to the least loaded one', async () => {
  await Promise.all([alive('a', 1, ['x']), alive('b', 4, ['y', 'z']), alive('c', 4, ['w'])]);
  await expect(registry.claim('acc', 'a')).resolves.toEqual({ workerId: 'c' });
});

test('when all are full, the least loaded live worker is asked to make room', async () => {
  await Promise.all([alive('a', 1, ['x']), alive('b', 2, ['y', 'z', 'over'])]);
  await expect(registry.claim('acc', 'b')).resolves.toEqual({ workerId: 'a' });
});

test('what a dead worker held goes to a live one, and the dead one is never chosen', async () => {
  await Promise.all([alive('a', 2, ['acc']), alive('b')]);
  await die('a');
  await expect(registry.claim('acc', 'b')).resolves.toEqual({ workerId: 'b' });
  await expect(registry.claim('other', 'a')).resolves.toEqual({ workerId: 'b' });
  await expect(registry.workers()).resolves.toMatchObject([{ workerId: 'b', slots: 2, sessions: 2, order: null }]);
});

test('a worker that comes back does not take back what was given to another', async () => {
  await Promise.all([alive('a', 2, ['acc']), alive('b')]);
  await die('a');
  await registry.claim('acc', 'b');
  await alive('a', 2, ['acc']);
  await expect(registry.claim('acc', 'a')).resolves.toEqual({ workerId: 'b' });
});

test('without a live worker a claim says that the browsers are busy', async () => {
  await expect(registry.claim('acc', 'a')).rejects.toMatchObject({ code: 'browser_busy' });
});

test('a released session frees its slot, and only its holder can release it', async () => {
  await Promise.all([alive('a', 1), alive('b', 1)]);
  await registry.claim('acc', 'a');
  await registry.release('acc', 'b');
  await expect(registry.claim('acc', 'b')).resolves.toEqual({ workerId: 'a' });
  await registry.release('acc', 'a');
  await expect(registry.claim('acc', 'b')).resolves.toEqual({ workerId: 'b' });
});

test('a worker that leaves takes its sessions with it', async () => {
  await Promise.all([alive('a', 2, ['acc']), alive('b')]);
  await registry.leave('a');
  await expect(registry.claim('acc', 'a')).resolves.toEqual({ workerId: 'b' });
});

test('a worker that is drained hears of it, gets no sessions, and hands over what it holds', async () => {
  await Promise.all([alive('a', 2, ['acc']), alive('b')]);
  await expect(registry.order('a', 'drain')).resolves.toBe(true);
  await expect(alive('a', 2, ['acc'])).resolves.toBe('drain');
  await expect(registry.claim('acc', 'a')).resolves.toEqual({ workerId: 'b' });
  await expect(registry.claim('new', 'a')).resolves.toEqual({ workerId: 'b' });

  await registry.order('b', 'restart');
  await expect(registry.claim('other', 'b')).rejects.toMatchObject({ code: 'browser_busy' });
  await registry.order('b', 'drain');
  await registry.finishRestart('b'); // another order came meanwhile
  await expect(alive('b')).resolves.toBe('drain');
  await registry.order('a', null);
  await expect(registry.claim('other', 'b')).resolves.toEqual({ workerId: 'a' });
});

test('an order to a worker that is not there is told, and goes with one that dies', async () => {
  await alive('a');
  await expect(registry.order('nobody', 'drain')).resolves.toBe(false);
  await registry.order('a', 'drain');
  await die('a');
  await registry.workers();
  await expect(alive('a')).resolves.toBeNull();
});

test('every key expires by itself', async () => {
  await alive('a', 2, ['acc']);
  const keys = await redis.keys(`{${prefix}}:*`);
  const lives = await Promise.all(keys.map((key) => redis.pttl(key)));
  expect(keys.length).toBeGreaterThan(0);
  expect(lives.every((ms) => ms > 0)).toBe(true);
});

test('a slot that is at work is nobody else’s until its work rests, and a resting session’s is', async () => {
  await Promise.all([alive('a', 1, ['resting']), alive('b', 1)]);
  await expect(registry.claim('one', 'a')).resolves.toEqual({ workerId: 'b' });
  await expect(registry.claim('two', 'b')).resolves.toEqual({ workerId: 'a' });
  await expect(registry.claim('one', 'a')).resolves.toEqual({ workerId: 'b' });
  await expect(registry.claim('three', 'a')).rejects.toMatchObject({ code: 'browser_busy' });
  await registry.rest('one', 'a'); // not its holder
  await expect(registry.claim('three', 'a')).rejects.toMatchObject({ code: 'browser_busy' });
  await registry.rest('one', 'b');
  await expect(registry.claim('three', 'a')).resolves.toEqual({ workerId: 'b' });
});

test('beats keep the slots of accounts that are at work, and a dead worker’s are free at once', async () => {
  await Promise.all([
    registry.beat({ workerId: 'a', slots: 1, accountIds: [], report: noReport, atWork: ['one'] }),
    alive('b', 0),
  ]);
  await expect(registry.claim('two', 'a')).rejects.toMatchObject({ code: 'browser_busy' });
  await die('a');
  await alive('c', 1);
  await expect(registry.claim('one', 'b')).resolves.toEqual({ workerId: 'c' });
});
