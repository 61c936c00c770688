/** Test set-up: the API on a port of its own, over real stores; the gateway is the real one unless a test brings its own. */
import { setImmediate as turn } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { ApiServices, Gateway } from '../src/api/api-services.ts';
import { listen } from '../src/api/listen.ts';
import { createAccounts } from '../src/domain/accounts/accounts.ts';
import { createAnalytics } from '../src/domain/analytics/analytics.ts';
import { createArticles } from '../src/domain/articles/articles.ts';
import { createBrowsers } from '../src/domain/browsers/browsers.ts';
import { createCredentials } from '../src/domain/credentials/credentials.ts';
import { createLlm } from '../src/domain/llm/llm.ts';
import type { Llm } from '../src/domain/llm/llm.ts';
import { createLoginChallenges } from '../src/domain/login/login.ts';
import { createMedia } from '../src/domain/media/media.ts';
import { createNotices } from '../src/domain/notices/notices.ts';
import { createPublishing } from '../src/domain/publishing/publishing.ts';
import { createSchedule } from '../src/domain/schedule/schedule.ts';
import { createTurns } from '../src/domain/turns/turns.ts';
import { createUsage } from '../src/domain/usage/usage.ts';
import type { Config } from '../src/infra/config.ts';
import { createKeyring } from '../src/infra/keyring.ts';
import { createLogger } from '../src/infra/logger.ts';
import { createMetrics } from '../src/infra/metrics.ts';
import { openObjectStorage } from '../src/infra/object-storage.ts';
import { openBlockingRedis, openRedis } from '../src/infra/redis.ts';
import { openTemporal } from '../src/infra/temporal/client.ts';
import { createPayloadCodec } from '../src/infra/temporal/payload-codec.ts';
import { ensureNamespaceAndSearchAttributes } from '../temporal-config/setup.ts';
import { testPlace } from './services.ts';
import type { TestPlace } from './services.ts';

export type ApiPlaceOptions = {
  settings?: Record<string, string>;
  /** What stands in for a part of the gateway. */
  gateway?: (llm: Llm) => Gateway;
  workerPublicKey?: string;
  readiness?: ApiServices['readiness'];
  /** Whether runs are started; nobody works on them here. */
  starts?: boolean;
};

export async function apiPlace(options: ApiPlaceOptions = {}) {
  const place = await testPlace({ TEMPORAL_NAMESPACE: 'test-api', ...options.settings });
  if (options.starts) await prepareTemporal(place.config);
  const logLines: string[] = [];
  const ends: (() => unknown)[] = [];

  async function process() {
    const { services, close, ...domains } = await servicesOf(place, options, (line) => void logLines.push(line));
    const api = await listen(services, { host: '127.0.0.1', port: 0 });
    ends.push(close, () => api.close(1_000));
    return { api, services, ...domains };
  }

  const { api, services, llm, usage, browsers, publishing } = await process();
  let people = 0;
  const call = callTo(api.url);
  return {
    ...place,
    api,
    call,
    logLines,
    /** One more API process, on its own port. */
    process: async () => (await process()).api,
    temporal: services.temporal,
    redis: services.redis,
    llm,
    usage,
    browsers,
    publishing,
    /** A new user: a `call` with the access token, and another one with an API key. */
    async signUp() {
      const email = `person.${(people += 1)}@example.com`;
      const registered = await call('POST /api/v1/auth/register', { body: { email, password: PASSWORD } });
      const session = sessionSchema.parse(registered.body);
      const asUser = callTo(api.url, { authorization: `Bearer ${session.access_token}` });
      return { email, session, userId: session.user.id, asUser };
    },
    async close() {
      for (const end of ends.toReversed()) await end();
      await place.close();
    },
  };
}

export type ApiPlace = Awaited<ReturnType<typeof apiPlace>>;
export const PASSWORD = 'correct horse battery';

export type CallOptions = { body?: unknown; raw?: string | Uint8Array<ArrayBuffer>; headers?: Record<string, string> };
export type Called = { status: number; headers: Headers; body: unknown };

/** Calls as `call('GET /path')`, with a JSON body in and out. */
export function callTo(url: string, always: Record<string, string> = {}) {
  return async (target: string, { body, raw, headers = {} }: CallOptions = {}): Promise<Called> => {
    const [method = 'GET', path = '/'] = target.split(' ');
    const sent = raw ?? (body === undefined ? null : JSON.stringify(body));
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { ...(sent === null ? {} : { 'content-type': 'application/json' }), ...always, ...headers },
      body: sent,
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') && text !== '';
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  };
}

/** Resolves when `met` does; fails when that takes longer than it may. */
export async function eventually(met: () => Promise<boolean> | boolean, withinMs = 5_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await met())) {
    if (performance.now() > deadline) throw new Error('it did not come to pass');
    await turn();
  }
}

const sessionSchema = z.object({
  access_token: z.string(),
  refresh_token: z.string(),
  user: z.object({ id: z.string(), email: z.string() }),
});

async function servicesOf(place: TestPlace, options: ApiPlaceOptions, log: (line: string) => void) {
  const { config, database } = place;
  const where = { url: config.REDIS_URL, prefix: config.REDIS_PREFIX };
  const redis = openRedis(where);
  const others = [openBlockingRedis(where), openBlockingRedis(where)] as const;
  const [subscriber, blockingRedis] = others;
  await redis.connect();
  const logger = createLogger({ level: 'info', name: 'test' }, { write: log });
  const metrics = createMetrics();
  const shared = { config, database, redis, subscriber, blockingRedis, logger, metrics, now: () => new Date() };
  const accounts = createAccounts(shared);
  const usage = createUsage({ ...shared, timezone: 'UTC', leaseMs: 60_000 });
  const keyring = createKeyring(config.ENCRYPTION_KEYS);
  const llm = createLlm({ ...shared, usage, keyring });
  const notices = createNotices({ ...shared, keyring });
  await llm.open();
  const outside = outsideOf(place);
  const credentials = createCredentials({ ...shared, workerPublicKey: options.workerPublicKey });
  const media = createMedia({ ...shared, objects: outside.objects });
  const publishing = createPublishing({ ...shared, credentials, media });
  const browsers = createBrowsers({ ...shared, keyring });
  const services: ApiServices = {
    ...shared,
    ...outside,
    accounts,
    usage,
    llm: options.gateway?.(llm) ?? llm,
    credentials,
    login: createLoginChallenges({ ...shared, keyring }),
    media,
    articles: createArticles({ ...shared, media, completions: llm.completions }),
    publishing,
    browsers,
    turns: createTurns(shared),
    schedule: createSchedule({ ...shared, credentials, publishing, lateMs: config.RECURRING_LATE_MS }),
    analytics: createAnalytics(shared),
    notices,
    readiness: options.readiness ?? (async () => ({ ready: true, checks: {} })),
  };
  const close = async () => {
    await accounts.close();
    await notices.close();
    await llm.close();
    disconnect(redis, ...others);
    await outside.temporal.connection.close();
  };
  return { services, llm, usage, browsers, publishing, close };
}

/** Runs cannot be started before their search attributes are known. */
async function prepareTemporal({ TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace }: Config): Promise<void> {
  const connection = await Connection.connect({ address });
  await ensureNamespaceAndSearchAttributes(connection, namespace);
  await connection.close();
}

function outsideOf({ config }: TestPlace) {
  const codec = createPayloadCodec(createKeyring(config.PAYLOAD_KEYS));
  const { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace } = config;
  return {
    codec,
    temporal: openTemporal({ address, namespace, codec }),
    objects: openObjectStorage({
      endpoint: config.S3_ENDPOINT,
      accessKey: config.S3_ACCESS_KEY,
      secretKey: config.S3_SECRET_KEY,
      bucket: config.S3_BUCKET,
      region: config.S3_REGION,
    }),
  };
}

function disconnect(...connections: Redis[]): void {
  for (const connection of connections) connection.disconnect();
}
