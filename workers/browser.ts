/** Drives the browser: takes any account's work from the shared queue, and what meets its own sessions from its own. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';
import { createEvidenceKeeper } from '../src/activities/evidence.ts';
import { createBrowserActivities } from '../src/activities/index.ts';
import { createNextEditor } from '../src/activities/next-editor.ts';
import { BrowserPool } from '../src/domain/browsers/browser-pool.ts';
import { launchBrowser } from '../src/domain/browsers/launch-browser.ts';
import { memoryBelow } from '../src/domain/browsers/process-memory.ts';
import { createSessionEgress } from '../src/domain/browsers/session-egress.ts';
import { createWorkerLife } from '../src/domain/browsers/worker-life.ts';
import { required } from '../src/infra/config.ts';
import { browserQueueOf, taskQueues } from '../src/workflows/task-queues.ts';
import { runWorker } from './boot.ts';

const { version: VERSION } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')));

await runWorker('browser', async (services) => {
  const { config, browsers, logger } = services;
  const { registry } = browsers;
  const workerId = `${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`;
  const egress = createSessionEgress({
    ...browsers.egress,
    onRefused: (refused) => logger.info(refused, 'a page wanted a host that its platform does not name'),
  });
  const pool = new BrowserPool({
    launch: launchBrowser({ executablePath: required(config, 'CHROMIUM_PATH') }),
    egress,
    slots: config.BROWSER_SLOTS,
    maxAgeMs: config.SESSION_MAX_AGE_MS,
    maxIdleMs: config.SESSION_IDLE_MS,
    maxUses: config.SESSION_MAX_USES,
    restAfterMs: config.SESSION_REST_MS,
    now: Date.now,
  });
  const atWork = new Set<string>();
  const nextEditor = createNextEditor({ pool, publishing: services.publishing, logger });
  const life = createWorkerLife({
    workerId,
    slots: config.BROWSER_SLOTS,
    self: { host: hostname(), pid: process.pid, version: VERSION },
    pool,
    atWork,
    getReady: nextEditor.before,
    registry,
    egress,
    memory: () => memoryBelow(process.pid),
    memoryLimitBytes: config.BROWSER_MEMORY_LIMIT_MB * 1_048_576,
    now: Date.now,
    logger,
  });
  const endLife = await life.start();

  const evidence = createEvidenceKeeper(services);
  const privateKey = required(config, 'BROWSER_WORKER_PRIVATE_KEY');
  const activities = createBrowserActivities({
    services,
    workerId,
    pool,
    registry,
    evidence,
    nextEditor,
    privateKey,
    atWork,
    logins: new Map(),
  });
  const slots = { maxConcurrentActivityTaskExecutions: config.BROWSER_SLOTS };
  return {
    queues: [
      // One reservation at a time: whoever waits for a slot in here is in front of those that matching shares out.
      { taskQueue: taskQueues.browser, activities, maxConcurrentActivityTaskExecutions: 1 },
      { taskQueue: browserQueueOf(workerId), activities, ...slots },
    ],
    async close() {
      await endLife();
      await evidence.settled();
      await pool.close();
    },
  };
});
