import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createSessionRegistry } from '../src/domain/browsers/session-registry.ts';
import { createBreaker } from '../src/domain/llm/breaker.ts';
import { newId } from '../src/infra/ids.ts';
import { createLogger } from '../src/infra/logger.ts';
import { clusterPlace } from './cluster-place.ts';
import type { ClusterPlace } from './cluster-place.ts';
import { eventually, spent, usagePlace } from './usage-place.ts';
import type { UsagePlace } from './usage-place.ts';

let cluster: ClusterPlace;
let place: UsagePlace;

beforeAll(async () => {
  cluster = await clusterPlace();
  await eventually(cluster.isWhole);
  process.env['REDIS_URL'] = cluster.url;
  place = await usagePlace();
});
// Two hooks, in this order: the server ends also when the database could not be made.
afterAll(() => place.close());
afterAll(() => cluster.close());

test('the server refuses a script whose keys could lie on different nodes', async () => {
  await expect(cluster.redis.eval('return 1', 2, '{one}', '{other}')).rejects.toThrow('CROSSSLOT');
});

test('limits hold and usage is charged once on Redis Cluster, for a key and for its user', async () => {
  const caller = await place.newCaller({ user: { tokensPerDay: 150 }, key: { concurrentRequests: 5 } });
  const call = () => ({ requestId: newId('req'), caller, tokens: 100, costNanos: 1_000 });
  const hold = await place.usage.reserve(call());
  await expect(place.usage.reserve(call())).rejects.toMatchObject({ code: 'limit_exceeded' });

  await place.usage.renew(hold);
  await Promise.all([place.usage.settle(hold, spent()), place.usage.settle(hold, spent())]);

  expect((await place.usage.quota(caller)).daily).toMatchObject({ used: 15 });
  await expect(place.usage.reserve(call())).resolves.toBeDefined();
});

test('a breaker opens and lets one probe through on Redis Cluster', async () => {
  const logger = createLogger({ level: 'silent', name: 'test' });
  const breaker = createBreaker({ redis: place.redis, logger, failures: 1, coolDownMs: 1, probeLeaseMs: 60_000 });
  const modelId = newId('mdl');
  const pass = await breaker.enter(modelId);
  if (!pass) throw new Error('a closed breaker refused');
  await breaker.leave(pass, 'failed');
  await expect(breaker.state(modelId)).resolves.toBe('open');

  const openedAt = Date.now();
  await eventually(() => Date.now() > openedAt + 2);
  const passes = await Promise.all([breaker.enter(modelId), breaker.enter(modelId)]);
  expect(passes.filter((it) => it !== null)).toHaveLength(1);
});

test('a session is claimed and released on Redis Cluster', async () => {
  const registry = createSessionRegistry(place.redis, { leaseMs: 60_000 });
  await registry.beat({ workerId: 'w1', slots: 2, accountIds: [] });
  await expect(registry.claim('acc_1', 'w1')).resolves.toEqual({ workerId: 'w1' });
  await registry.release('acc_1', 'w1');
  await expect(registry.workers()).resolves.toEqual([{ workerId: 'w1', slots: 2, sessions: 0 }]);
});
