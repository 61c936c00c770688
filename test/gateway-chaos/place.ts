/**
 * Two API processes on a Postgres and a Redis of their own, in which anything may be killed and started again, in front
 * of a provider that keeps a journal.
 */
import { z } from 'zod';
import { localSecrets } from '../../dev/local-secrets.ts';
import { startStack } from '../../dev/stack/index.ts';
import type { Run } from '../../dev/stack/index.ts';
import type { OwnedProcess } from '../../dev/stack/processes.ts';
import { until } from '../../dev/stack/until.ts';
import { loadConfig } from '../../src/infra/config.ts';
import { migrate } from '../../src/infra/database.ts';
import { createServices } from '../../src/services.ts';
import type { Services } from '../../src/services.ts';
import { callTo } from '../api-place.ts';
import { journalUpstream } from './journal-upstream.ts';

export type ChaosPlace = Awaited<ReturnType<typeof chaosPlace>>;

export type ChaosOptions = {
  run: Run;
  /** Where object storage and Temporal are. */
  env: Record<string, string>;
  /** For the API processes. */
  settings?: Record<string, string>;
};

export async function chaosPlace({ run, env, settings = {} }: ChaosOptions) {
  const stack = await startStack({ run, parts: ['postgres', 'redis'], environment: {} });
  const secrets = await localSecrets(`${run.dataDir}/secrets.json`);
  const shared = {
    ...env,
    ...stack.env,
    ...secrets,
    S3_BUCKET: 'gateway-chaos',
    LOG_LEVEL: 'warn',
    AUTH_REQUESTS_PER_MINUTE: '1000000',
    ...settings,
  };
  const services = await createServices(loadConfig({ ...process.env, ...shared, LOG_LEVEL: 'silent' }), 'chaos');
  await migrate(services.database);
  await services.llm.open();
  services.usage.ledger.start();
  const upstream = await journalUpstream();
  await seed(services, upstream.url);
  const apis = [await startApi('api-1'), await startApi('api-2')] as const;

  async function startApi(name: string) {
    const port = await run.port(name);
    const url = `http://127.0.0.1:${port}`;
    const start = () =>
      run.spawnOwned({
        what: name,
        command: process.execPath,
        args: ['src/api/server.ts'],
        env: { ...shared, PORT: String(port), PUBLIC_URL: url },
        graceMs: 25_000,
      });
    let owned: OwnedProcess = await start();
    const answers = () =>
      fetch(`${url}/healthz`).then(
        ({ ok }) => ok,
        () => false,
      );
    const up = async () => {
      if (!(await until(answers, { timeoutMs: 30_000, everyMs: 30 }))) throw new Error(`${name} does not answer`);
    };
    await up();
    return {
      url,
      kill: () => owned.kill(),
      /** SIGTERM, and the end of its draining. */
      stop: () => owned.stop(),
      async start(): Promise<void> {
        owned = await start();
        await up();
      },
    };
  }

  let people = 0;
  return {
    services,
    upstream,
    apis,
    server: (part: 'postgres' | 'redis') => {
      const server = stack.parts[part]?.server;
      if (!server) throw new Error(`${part} is not ours`);
      return server;
    },
    /** A new user without limits but those of the key. */
    async newKey(limits: Record<string, number> = {}): Promise<Key> {
      const call = callTo(apis[0].url);
      const credentials = { email: `chaos.${(people += 1)}.${process.pid}@example.com`, password: 'a long password' };
      const registered = await call('POST /api/v1/auth/register', { body: credentials });
      const { access_token: token, user } = session.parse(registered.body);
      const made = await call('POST /api/v1/llm/api-keys', {
        body: { name: 'chaos', ...limits },
        headers: { authorization: `Bearer ${token}` },
      });
      const { secret, id } = z.object({ secret: z.string(), id: z.string() }).parse(made.body);
      return { secret, keyId: id, userId: user.id };
    },
    async close() {
      await Promise.all(apis.map((api) => api.stop()));
      await services.usage.ledger.drain();
      await services.close();
      await upstream.close();
      await stack.stop();
    },
  };
}

export type Key = { secret: string; keyId: string; userId: string };

const session = z.object({ access_token: z.string(), user: z.object({ id: z.string() }) });

/** Nano-dollars per million tokens: 1,000 nanos an input token, 4,000 an output token. */
export const prices = {
  inputNanos: 1_000_000_000,
  outputNanos: 4_000_000_000,
  cacheReadNanos: 0,
  cacheWrite5mNanos: 0,
  cacheWrite1hNanos: 0,
};

async function seed({ database, llm: { catalog } }: Services, baseUrl: string): Promise<void> {
  await database.em.fork().execute(`update tiers set requests_per_minute = null, tokens_per_minute = null,
    concurrent_requests = null, tokens_per_day = null, tokens_per_month = null, cost_nanos_per_day = null,
    cost_nanos_per_month = null`);
  const credentials = ['none'];
  await catalog.upsertProvider({ id: 'journal', displayName: 'Journal', baseUrl, credentials, enabled: true });
  for (const name of ['steady', 'flapping', 'picky']) {
    await catalog.upsertModel({
      name,
      providerId: 'journal',
      upstreamName: name,
      displayName: name,
      type: 'text',
      contextTokens: 10_000_000,
      maxOutputTokens: 1_000_000,
      prices,
    });
  }
}
