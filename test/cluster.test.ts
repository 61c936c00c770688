import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createSessionRegistry } from '../src/domain/browsers/session-registry.ts';
import { noReport } from '../src/domain/browsers/worker-report.ts';
import { createBreaker } from '../src/domain/llm/health/breaker.ts';
import { createHealthNews } from '../src/domain/llm/health/health-news.ts';
import { usageKeys } from '../src/domain/usage/hold.ts';
import { newId } from '../src/infra/ids.ts';
import { createLogger } from '../src/infra/logger.ts';
import { createMetrics } from '../src/infra/metrics.ts';
import { clusterPlace } from './cluster-place.ts';
import type { ClusterPlace } from './cluster-place.ts';
import { eventually, priced, spent, usagePlace } from './usage-place.ts';
import type { UsagePlace } from './usage-place.ts';

let cluster: ClusterPlace;
let place: UsagePlace;

beforeAll(async () => {
  cluster = await clusterPlace();
  await eventually(cluster.isWhole);
  place = await usagePlace({ REDIS_URL: cluster.url });
});
const logger = createLogger({ level: 'silent', name: 'test' });
// Two hooks, in this order: the server ends also when the database could not be made.
afterAll(() => place.close());
afterAll(() => cluster.close());

test('the server refuses a script whose keys could lie on different nodes', async () => {
  await expect(cluster.redis.eval('return 1', 2, '{one}', '{other}')).rejects.toThrow('CROSSSLOT');
});

test('limits hold and usage is charged once on Redis Cluster, for a key and for its user', async () => {
  const caller = await place.newCaller({ user: { tokensPerDay: 150 }, key: { concurrentRequests: 5 } });
  const { hold } = await place.usage.reserve(priced(caller));
  await expect(place.usage.reserve(priced(caller))).rejects.toMatchObject({ code: 'limit_exceeded' });

  await place.usage.renew(hold);
  await Promise.all([place.usage.settle(hold, spent()), place.usage.settle(hold, spent())]);

  expect((await place.usage.quota(caller)).daily).toMatchObject({ used: 15 });
  await expect(place.usage.reserve(priced(caller))).resolves.toBeDefined();
});

test('lost holds are settled and counters repaired on Redis Cluster', async () => {
  const [caller, { usage }] = [await place.newCaller({ key: {} }), await place.another({ leaseMs: 1 })];
  await usage.reserve(priced(caller));
  await eventually(async () => (await place.usage.settleLostHolds()) === 1);
  await place.redis.del(usageKeys(caller.userId).scope(caller.userId));
  await expect(usage.reconcile({ after: null, limit: 100 })).resolves.toMatchObject({ repaired: 1, busy: 0 });
  expect((await usage.quota({ ...caller, keyId: null })).daily).toMatchObject({ used: 100 });
});

test('what a provider allows a minute holds on Redis Cluster, for it and for its deployments', async () => {
  const rates = place.usage.upstreamRates;
  const [provider, deployment] = [
    { requestsPerMinute: 2, tokensPerMinute: null },
    { requestsPerMinute: null, tokensPerMinute: 1_000 },
  ];
  const call = (modelId: string, tokens: number) =>
    rates.take({ providerId: 'provider-a', modelId, provider, deployment, tokens });
  const ticket = await call('mdl_a', 900);
  if (typeof ticket === 'number') throw new Error('the first call had to wait');
  await expect(call('mdl_a', 200)).resolves.toEqual(expect.any(Number));
  ticket.correct(100);
  await expect(call('mdl_a', 200)).resolves.toMatchObject({ correct: expect.any(Function) });
  await expect(call('mdl_b', 1)).resolves.toEqual(expect.any(Number));
});

test('a breaker opens and lets one probe through on Redis Cluster', async () => {
  const { redis } = place;
  const news = createHealthNews({ redis, subscriber: redis, logger, metrics: createMetrics() });
  const breaker = createBreaker({ redis, news, logger, failures: 1, coolDownMs: 1, probeLeaseMs: 60_000 });
  const modelId = newId('mdl');
  const pass = await breaker.enter(modelId);
  if (!pass) throw new Error('a closed breaker refused');
  breaker.leave(pass, { how: 'failed', why: 'status 503' });
  await eventually(async () => (await breaker.state(modelId)) === 'open');

  const openedAt = Date.now();
  await eventually(() => Date.now() > openedAt + 2);
  const passes = await Promise.all([breaker.enter(modelId), breaker.enter(modelId)]);
  expect(passes.filter((one) => one !== null)).toHaveLength(1);
});

test('a session is claimed and released on Redis Cluster', async () => {
  const registry = createSessionRegistry(place.redis, { leaseMs: 60_000 });
  await registry.beat({ workerId: 'w1', slots: 2, accountIds: [], report: noReport });
  await expect(registry.claim('acc_1', 'w1')).resolves.toEqual({ workerId: 'w1' });
  await registry.release('acc_1', 'w1');
  await expect(registry.workers()).resolves.toMatchObject([{ workerId: 'w1', slots: 2, sessions: 0 }]);
});
