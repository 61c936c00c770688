/** The real workflow, rows and client code of publications, before a platform that is made up. */
import { randomBytes } from 'node:crypto';
import { Connection } from '@temporalio/client';
import { publicationChange } from '../../../src/api/publication-change.ts';
import { publishingActivities } from '../../../src/activities/publishing.ts';
import { turnActivities } from '../../../src/activities/turns.ts';
import { translateFailures } from '../../../src/activities/failures.ts';
import { generateWorkerKeyPair, sealGrant } from '../../../src/client/client.ts';
import { User } from '../../../src/entities/user.ts';
import { AppError } from '../../../src/errors.ts';
import { newId } from '../../../src/infra/ids.ts';
import { createServices } from '../../../src/services.ts';
import { createTurnRuns } from '../../../src/work/turn-runs.ts';
import { createWork } from '../../../src/work/work.ts';
import { browserQueueOf, taskQueues } from '../../../src/workflows/task-queues.ts';
import { ensureNamespaceAndSearchAttributes } from '../../../temporal-config/setup.ts';
import { seal } from '../../credential-place.ts';
import { testPlace } from '../../services.ts';
import { workflowPlace } from '../../workflow-place.ts';
import { fakePlatform } from './fake-platform.ts';

const NAMESPACE = 'test-interleavings';

/** @param accounts fewer than there are publications at once, so that some wait for their turn */
export async function interleavingsPlace(accounts = 10) {
  const place = await testPlace({
    TEMPORAL_NAMESPACE: NAMESPACE,
    S3_BUCKET: `interleavings-${randomBytes(4).toString('hex')}`,
  });
  await prepareNamespace(place.config.TEMPORAL_ADDRESS);
  const services = await createServices(place.config, 'test');
  const platform = fakePlatform(services);
  const orchestrator = { ...services, turnRuns: createTurnRuns(services) };
  const rows = { ...publishingActivities(orchestrator), ...turnActivities(orchestrator) };
  const workflows = await workflowPlace({
    namespace: NAMESPACE,
    codec: services.codec,
    interceptors: { activity: [() => ({ inbound: translateFailures(services.logger, {}) })] },
    activities: {
      [taskQueues.orchestrator]: rows,
      [taskQueues.turns]: rows,
      [taskQueues.browser]: { reserveSession: async () => ({ workerId: 'w1' }) },
      [browserQueueOf('w1')]: platform.browser,
    },
  });
  const work = createWork(services);
  const { userId, blogs } = await somebody(services, accounts);
  let ordered = 0;
  async function create(markdown: string, dueInMs: number | null) {
    const { accountId, grantNow } = blogs[ordered++ % blogs.length] ?? unreachable();
    const grant = await grantNow();
    return services.publishing.create({
      userId,
      platform: 'wordpress',
      accountId,
      content: contentOf(markdown),
      scheduledAt: dueInMs === null ? null : new Date(Date.now() + dueInMs),
      grant,
      force: true,
      idempotencyKey: null,
    });
  }

  return {
    services,
    platform,
    work,
    userId,
    changes: publicationChange({ ...services, work }),
    /** @param dueInMs null for at once @returns the row, whose run is for the caller to begin */
    async order(markdown: string, dueInMs: number | null) {
      for (let more = 1; ; more *= 2) {
        try {
          return await create(markdown, dueInMs === null ? null : dueInMs * more);
        } catch (error) {
          // On a slow machine its time has passed before the row was written.
          if (dueInMs === null || !(error instanceof AppError) || error.code !== 'invalid_request') throw error;
        }
      }
    },
    async close() {
      await workflows.close();
      await services.close();
      await place.close();
    },
  };
}

export type InterleavingsPlace = Awaited<ReturnType<typeof interleavingsPlace>>;

export const contentOf = (markdown: string) => ({
  title: 'Bees',
  markdown,
  tags: [],
  cover_media_id: null,
  ai_generated: false,
});

async function prepareNamespace(address: string): Promise<void> {
  const connection = await Connection.connect({ address });
  await ensureNamespaceAndSearchAttributes(connection, NAMESPACE);
  await connection.close();
}

async function somebody({ database, credentials }: Awaited<ReturnType<typeof createServices>>, accounts: number) {
  const userId = newId('usr');
  const em = database.em.fork();
  em.create(User, { id: userId, email: `${userId}@example.com`, passwordHash: '-', tierId: 'free' });
  await em.flush();
  const { publicKey } = await generateWorkerKeyPair();
  const expiresAt = new Date(Date.now() + 7 * 86_400_000);
  const blogs = [];
  for (let at = 0; at < accounts; at += 1) {
    const accountId = `blog-${at}`;
    const { envelope, keys } = await seal(accountId);
    const account = { platform: 'wordpress', accountId, siteUrl: 'https://site.example/', deviceId: 'd' };
    await credentials.upload({ ...account, userId, envelope });
    const order = { envelope, keys, purpose: 'publication', expiresAt, workerPublicKey: publicKey } as const;
    blogs.push({ accountId, grantNow: () => sealGrant(order) });
  }
  return { userId, blogs };
}

function unreachable(): never {
  throw new Error('unreachable: there is an account');
}
