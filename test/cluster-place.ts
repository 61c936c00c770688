/** A Redis server in cluster mode that holds every slot: it refuses what could not run on a cluster of many. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { openRun } from '../dev/stack/index.ts';
import { redisProgram } from '../dev/stack/redis.ts';
import { startServer } from '../dev/stack/server-process.ts';

export async function clusterPlace() {
  const name = `cluster-${randomBytes(4).toString('hex')}`;
  const run = await openRun({ dataDir: join(process.env['TEST_DATA_DIR'] ?? '.data/test', name) });
  const { program } = await redisProgram({ environment: process.env, report: () => {} });
  const options = {
    port: await run.port('redis'),
    bind: '127.0.0.1',
    dir: run.dataDir,
    save: '',
    'cluster-enabled': 'yes',
    'cluster-port': await run.port('cluster-bus'),
  };
  const url = `redis://127.0.0.1:${options.port}`;
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: (times) => Math.min(times * 20, 200) });
  redis.on('error', () => undefined); // until it listens
  await startServer(run, {
    what: 'redis-cluster',
    command: program,
    args: Object.entries(options).flatMap(([option, value]) => [`--${option}`, String(value)]),
    ready: async () => (await redis.ping()) === 'PONG',
  });
  await redis.cluster('ADDSLOTSRANGE', 0, 16_383);
  return {
    url,
    redis,
    isWhole: async () => (await redis.cluster('INFO')).includes('cluster_state:ok'),
    async close() {
      redis.disconnect();
      await run.close();
    },
  };
}

export type ClusterPlace = Awaited<ReturnType<typeof clusterPlace>>;
