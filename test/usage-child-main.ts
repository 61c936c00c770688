/** A process that reserves and settles as it is told by its parent, and may be killed at any time: `usage-child.ts` starts it. */
import { MikroORM } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { createUsage } from '../src/domain/usage/usage.ts';
import { createLogger } from '../src/infra/logger.ts';
import { createMetrics } from '../src/infra/metrics.ts';
import { openBlockingRedis, openRedis } from '../src/infra/redis.ts';
import { orders } from './usage-child.ts';
import { spent } from './usage-place.ts';

const environment = z.object({ REDIS_URL: z.string(), REDIS_PREFIX: z.string(), LEASE_MS: z.coerce.number() });
const { REDIS_URL: url, REDIS_PREFIX: prefix, LEASE_MS: leaseMs } = environment.parse(process.env);
const redis = openRedis({ url, prefix });
await redis.connect();
const usage = createUsage({
  redis,
  blockingRedis: openBlockingRedis({ url, prefix }),
  database: await MikroORM.init({ dbName: 'unused', entities: [], discovery: { warnWhenNoEntities: false } }),
  now: () => new Date(),
  timezone: 'UTC',
  leaseMs,
  logger: createLogger({ level: 'silent', name: 'test' }),
  metrics: createMetrics(),
});

process.on('message', (message) => {
  const { id, reserve = [], settle = [] } = orders.parse(message);
  void Promise.all([
    Promise.allSettled(reserve.map(async (call) => (await usage.reserve(call)).hold)),
    Promise.all(settle.map((hold) => usage.settle(hold, spent({ costNanos: hold.costNanos })))),
  ]).then(([reserved]) => {
    const held = reserved.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    for (const hold of held) usage.keep(hold);
    process.send?.({ id, held });
  });
});
process.send?.({ id: 0, held: [] });
