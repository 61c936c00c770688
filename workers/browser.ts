/** Drives the browser: takes any account's work from the shared queue, and what meets its own sessions from its own. */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { createBrowserActivities } from '../src/activities/index.ts';
import { BrowserPool } from '../src/domain/browsers/browser-pool.ts';
import { createSessionRegistry } from '../src/domain/browsers/session-registry.ts';
import { required } from '../src/infra/config.ts';
import { browserQueueOf, taskQueues } from '../src/workflows/task-queues.ts';
import { runWorker } from './boot.ts';

const LEASE_MS = 9_000;

await runWorker('browser', async (services) => {
  const { config, redis, logger } = services;
  const workerId = `${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`;
  const registry = createSessionRegistry(redis, { leaseMs: LEASE_MS });
  const pool = new BrowserPool({
    executablePath: required(config, 'CHROMIUM_PATH'),
    slots: config.BROWSER_SLOTS,
    maxAgeMs: config.SESSION_MAX_AGE_MS,
    maxIdleMs: config.SESSION_IDLE_MS,
    maxUses: config.SESSION_MAX_USES,
    now: Date.now,
  });
  const beat = async () => {
    await pool.sweep();
    await registry.beat({ workerId, slots: config.BROWSER_SLOTS, accountIds: pool.accountIds() });
  };
  await beat();
  const beating = setInterval(() => {
    beat().catch((error: unknown) => logger.warn({ err: error }, 'the session registry did not hear of this worker'));
  }, LEASE_MS / 3);

  const privateKey = required(config, 'BROWSER_WORKER_PRIVATE_KEY');
  const activities = createBrowserActivities({
    services,
    workerId,
    pool,
    registry,
    privateKey,
    loginVersions: new Map(),
  });
  const slots = { maxConcurrentActivityTaskExecutions: config.BROWSER_SLOTS };
  return {
    queues: [
      { taskQueue: taskQueues.browser, activities, ...slots },
      { taskQueue: browserQueueOf(workerId), activities, ...slots },
    ],
    async close() {
      clearInterval(beating);
      await registry.leave(workerId);
      await pool.close();
    },
  };
});
