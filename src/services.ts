import { createAccounts } from './domain/accounts/accounts.ts';
import { createAnalytics } from './domain/analytics/analytics.ts';
import { createArticles } from './domain/articles/articles.ts';
import { createBrowsers } from './domain/browsers/browsers.ts';
import { createCredentials } from './domain/credentials/credentials.ts';
import { createLlm } from './domain/llm/llm.ts';
import { createLoginChallenges } from './domain/login/login.ts';
import { createMedia } from './domain/media/media.ts';
import { createNotices } from './domain/notices/notices.ts';
import { createPublishing } from './domain/publishing/publishing.ts';
import { createSchedule } from './domain/schedule/schedule.ts';
import { createTurns } from './domain/turns/turns.ts';
import { createUsage } from './domain/usage/usage.ts';
import type { Config } from './infra/config.ts';
import { openDatabase } from './infra/database.ts';
import { createKeyring } from './infra/keyring.ts';
import { createLogger } from './infra/logger.ts';
import { createMetrics } from './infra/metrics.ts';
import { openObjectStorage } from './infra/object-storage.ts';
import { openBlockingRedis, openRedis } from './infra/redis.ts';
import { openTemporal } from './infra/temporal/client.ts';
import { createPayloadCodec } from './infra/temporal/payload-codec.ts';
import { createWorkerPresence } from './infra/worker-presence.ts';
import { addFleetMetrics } from './fleet-metrics.ts';
import { createReadiness } from './readiness.ts';
import { createTaskQueuePollers } from './task-queue-pollers.ts';

/** Wires the whole product, once per process. The only place that constructs things; `close` ends what it opened. */
export async function createServices(config: Config, name: string) {
  const logger = createLogger({ level: config.LOG_LEVEL, name });
  const metrics = createMetrics();
  const infra = await openInfra(config);
  const { database, redis, subscriber, blockingRedis, objects } = infra;
  const shared = { database, redis, subscriber, config, now, logger, metrics };

  const accounts = createAccounts(shared);
  const usage = createUsage({ ...shared, blockingRedis, timezone: config.TIMEZONE, leaseMs: config.HOLD_LEASE_MS });
  const keyring = createKeyring(config.ENCRYPTION_KEYS);
  const llm = createLlm({ ...shared, usage, keyring });
  const notices = createNotices({ database, keyring, config, logger, now });
  const media = createMedia({ database, objects, now });
  const credentials = createCredentials({ database, workerPublicKey: config.BROWSER_WORKER_PUBLIC_KEY, now, logger });
  const login = createLoginChallenges({ redis, keyring, now });
  const publishing = createPublishing({ ...shared, credentials, media });
  const browsers = createBrowsers({ ...shared, keyring });
  const presence = createWorkerPresence({ redis });
  const pollersOf = createTaskQueuePollers({ temporal: infra.temporal, presence, now });
  addFleetMetrics({ registry: metrics.registry, sessions: browsers.registry, pollersOf });
  return {
    ...infra,
    config,
    now,
    logger,
    metrics,
    usage,
    llm,
    media,
    credentials,
    login,
    accounts,
    articles: createArticles({ database, completions: llm.completions, media, now }),
    publishing,
    browsers,
    turns: createTurns({ database, now }),
    schedule: createSchedule({ database, credentials, publishing, now, lateMs: config.RECURRING_LATE_MS }),
    analytics: createAnalytics({ database, now }),
    notices,
    presence,
    readiness: createReadiness({ ...infra, pollersOf, registry: browsers.registry }),
    async close() {
      await usage.ledger.stop();
      await llm.close();
      await accounts.close();
      await notices.close();
      await infra.close();
    },
  };
}

const now = () => new Date();

export type Services = Awaited<ReturnType<typeof createServices>>;

async function openInfra(config: Config) {
  const database = await openDatabase({ url: config.DATABASE_URL, poolSize: config.DATABASE_POOL_SIZE });
  const redisOptions = { url: config.REDIS_URL, prefix: config.REDIS_PREFIX };
  const redis = openRedis(redisOptions);
  await redis.connect().catch(() => undefined); // an absent Redis is /readyz's to tell, and reconnects by itself
  const blockingRedis = openBlockingRedis(redisOptions);
  const subscriber = openBlockingRedis(redisOptions);
  const codec = createPayloadCodec(createKeyring(config.PAYLOAD_KEYS));
  const temporal = openTemporal({ address: config.TEMPORAL_ADDRESS, namespace: config.TEMPORAL_NAMESPACE, codec });
  const objects = openObjectStorage({
    endpoint: config.S3_ENDPOINT,
    accessKey: config.S3_ACCESS_KEY,
    secretKey: config.S3_SECRET_KEY,
    bucket: config.S3_BUCKET,
    region: config.S3_REGION,
  });
  return {
    database,
    redis,
    blockingRedis,
    subscriber,
    codec,
    temporal,
    objects,
    async close() {
      for (const connection of [redis, blockingRedis, subscriber]) connection.disconnect();
      await Promise.all([temporal.connection.close(), database.close()]);
    },
  };
}
