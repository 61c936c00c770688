import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { Redis } from 'ioredis';
import { openRedis } from './infra/redis.ts';
import { createKeyring } from './infra/keyring.ts';
import { openTemporal } from './infra/temporal/client.ts';
import { createPayloadCodec } from './infra/temporal/payload-codec.ts';
import { createWorkerPresence } from './infra/worker-presence.ts';
import { createTaskQueuePollers } from './task-queue-pollers.ts';
import type { TaskQueuePollers } from './task-queue-pollers.ts';
import { loadConfig } from './infra/config.ts';
import { eventually } from '../test/api-place.ts';

const config = loadConfig({ ...process.env, NODE_ENV: 'test', REDIS_PREFIX: `test-${randomUUID()}:` });
const identity = `test@here:${process.pid}`;
const queue = `polled-${randomUUID()}`;
const presence = () => createWorkerPresence({ redis });
const fail = (error: unknown) => {
  throw error;
};
let redis: Redis;
let pollersOf: TaskQueuePollers;
let end: () => Promise<void>;

beforeAll(async () => {
  redis = openRedis({ url: config.REDIS_URL, prefix: config.REDIS_PREFIX });
  await redis.connect();
  const codec = createPayloadCodec(createKeyring(config.PAYLOAD_KEYS));
  const { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace } = config;
  const temporal = openTemporal({ address, namespace, codec });
  pollersOf = createTaskQueuePollers({ temporal, presence: presence(), now: () => new Date() });

  const connection = await NativeConnection.connect({ address });
  const activities = { nothing: async () => undefined };
  const worker = await Worker.create({ connection, namespace, identity, taskQueue: queue, activities });
  const running = worker.run();
  end = async () => {
    worker.shutdown();
    await running;
    await Promise.all([connection.close(), temporal.connection.close()]);
    redis.disconnect();
  };
});
afterAll(() => end());

test('a queue has the pollers whose process lives; one that has died is none, although Temporal still shows it', async () => {
  const leave = await presence().keep(identity, fail);
  await eventually(async () => (await pollersOf(queue, 'activity')) === 1, 10_000);
  await leave();
  await expect(pollersOf(queue, 'activity')).resolves.toBe(0);
});

test('a process that was killed is missed within ten seconds', async () => {
  const leave = await presence().keep(identity, fail);
  const left = await redis.pttl(`worker-process:${identity}`);
  await leave();
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThanOrEqual(10_000);
});

test('a queue that nobody ever polled has none', async () => {
  await expect(pollersOf(`never-${randomUUID()}`, 'workflow')).resolves.toBe(0);
});
