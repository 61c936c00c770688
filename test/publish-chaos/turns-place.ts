/**
 * Publications over real rows, real runs and a real session registry, by browser workers whose platform is a list: what
 * each account did from when to when.
 */
import { sleep } from '@temporalio/activity';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { WorkerOptions } from '@temporalio/worker';
import { translateFailures } from '../../src/activities/failures.ts';
import { withHeartbeat } from '../../src/activities/heartbeat.ts';
import { publishingActivities } from '../../src/activities/publishing.ts';
import { reserve, whileAtWork } from '../../src/activities/reservation.ts';
import { turnActivities } from '../../src/activities/turns.ts';
import { createSessionRegistry } from '../../src/domain/browsers/session-registry.ts';
import { noReport } from '../../src/domain/browsers/worker-report.ts';
import { createCredentials } from '../../src/domain/credentials/credentials.ts';
import { createMedia } from '../../src/domain/media/media.ts';
import { createPublishing } from '../../src/domain/publishing/publishing.ts';
import { createTurns } from '../../src/domain/turns/turns.ts';
import { createLogger } from '../../src/infra/logger.ts';
import { openObjectStorage } from '../../src/infra/object-storage.ts';
import { openRedis } from '../../src/infra/redis.ts';
import { createTurnRuns } from '../../src/work/turn-runs.ts';
import { createWork } from '../../src/work/work.ts';
import { browserQueueOf, taskQueues } from '../../src/workflows/task-queues.ts';
import { rowSteps, turnSteps, workflowTasks } from '../../workers/orchestrator-limits.ts';
import { ensureNamespaceAndSearchAttributes } from '../../temporal-config/setup.ts';
import { testPlace } from '../services.ts';
import { workflowBundleOf } from '../workflow-bundle.ts';

export type Job = { publicationId: string; accountId: string; startedMs: number; endedMs: number };
export type Reserved = { accountId: string; atMs: number };

export type TurnsPlaceOptions = { namespace: string; workers: number; slots: number; jobMs: number };

export async function turnsPlace({ namespace, workers, slots, jobMs }: TurnsPlaceOptions) {
  const place = await testPlace();
  const { database, config } = place;
  const address = config.TEMPORAL_ADDRESS;
  const connection = await Connection.connect({ address });
  await ensureNamespaceAndSearchAttributes(connection, namespace);
  const temporal = new Client({ connection, namespace });
  const redis = openRedis({ url: config.REDIS_URL, prefix: config.REDIS_PREFIX });
  await redis.connect();
  const logger = createLogger({ level: 'silent', name: 'test' });
  const credentials = createCredentials({ database, workerPublicKey: undefined, now, logger });
  const media = createMedia({ database, objects: openObjectStorage(unused), now });
  const publishing = createPublishing({ database, credentials, media, config, now });
  const turns = createTurns({ database, now });
  const services = { publishing, credentials, turns, now, turnRuns: createTurnRuns({ temporal }) };
  const interceptors = { activity: [() => ({ inbound: translateFailures(logger, {}) })] };
  const connections: NativeConnection[] = [];
  /** Each on a connection of its own, as if it were a process: one connection takes a queue only once. */
  async function workerOn(taskQueue: string, own: Partial<WorkerOptions>): Promise<Worker> {
    const native = await NativeConnection.connect({ address });
    connections.push(native);
    const options = { namespace, taskQueue, interceptors, shutdownForceTime: '30s', ...own } as const;
    return Worker.create({ connection: native, ...options });
  }

  const jobs: Job[] = [];
  const begun = new Map<string, number>();
  const reserved: Reserved[] = [];
  const registry = createSessionRegistry(redis, { leaseMs: LEASE_MS, prefix: 'turns' });

  async function browserWorker(workerId: string) {
    const own = { workerId, registry, atWork: new Set<string>() };
    const beat = () => registry.beat({ workerId, slots, accountIds: [], report: noReport, atWork: [...own.atWork] });
    await beat();
    const beating = setInterval(() => void beat(), LEASE_MS / 3);
    const activities = {
      reserveSession: ({ accountId }: { accountId: string }) =>
        withHeartbeat(async () => {
          const slot = await reserve(own, accountId);
          reserved.push({ accountId, atMs: Date.now() });
          return slot;
        }),
      preparePost: ({ publicationId }: { publicationId: string }) =>
        withHeartbeat(async () => {
          const { accountId } = await publishing.publications.load(publicationId);
          begun.set(publicationId, Date.now());
          await whileAtWork(own, { accountId, isToGoOn: true }, () => sleep(jobMs / 2));
        }),
      commitPost: ({ publicationId, round }: { publicationId: string; round: number }) =>
        withHeartbeat(async () => {
          const { accountId } = await publishing.publications.load(publicationId);
          return whileAtWork(own, { accountId, isToGoOn: false }, async () => {
            await publishing.gate.pass(publicationId, round);
            await sleep(jobMs / 2);
            const startedMs = begun.get(publicationId) ?? 0;
            jobs.push({ publicationId, accountId, startedMs, endedMs: Date.now() });
            return postOf(publicationId);
          });
        }),
      settlePost: async ({ publicationId }: { publicationId: string }) =>
        jobs.some((job) => job.publicationId === publicationId)
          ? { outcome: 'published', ...postOf(publicationId) }
          : { outcome: 'not_published' },
    };
    return {
      workers: await Promise.all([
        workerOn(taskQueues.browser, { activities, maxConcurrentActivityTaskExecutions: 1 }),
        workerOn(browserQueueOf(workerId), { activities, maxConcurrentActivityTaskExecutions: slots }),
      ]),
      stop: () => clearInterval(beating),
    };
  }

  const workflowBundle = await workflowBundleOf();
  const activities = { ...publishingActivities(services), ...turnActivities(services) };
  const orchestrators = await Promise.all([
    workerOn(taskQueues.orchestrator, { workflowBundle, activities, ...rowSteps, ...workflowTasks }),
    workerOn(taskQueues.turns, { activities, ...turnSteps }),
  ]);
  const browsers = await Promise.all(Array.from({ length: workers }, (_, at) => browserWorker(`w${at}`)));
  const all = [...orchestrators, ...browsers.flatMap((browser) => browser.workers)];
  const running = all.map((worker) => worker.run());

  return {
    database,
    publishing,
    temporal,
    /** What the fake platform was used for, in the order in which it ended. */
    jobs,
    /** When the job of a publication began. */
    begun,
    /** Every slot that was given, in the order in which they were. */
    reserved,
    work: createWork({ temporal, logger }),
    async close() {
      for (const worker of all) worker.shutdown();
      await Promise.all(running);
      for (const browser of browsers) browser.stop();
      redis.disconnect();
      for (const native of connections) await native.close();
      await connection.close();
      await place.close();
    },
  };
}

export type TurnsPlace = Awaited<ReturnType<typeof turnsPlace>>;

/** As in `workers/browser.ts`. */
const LEASE_MS = 9_000;
const postOf = (postId: string) => ({ postId, url: 'http://site/' });
const now = () => new Date();
const unused = { endpoint: 'http://127.0.0.1:9', accessKey: '-', secretKey: '-', bucket: '-', region: '-' };
