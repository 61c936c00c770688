import { createServices } from '../src/services.ts';
import { loadConfig } from '../src/infra/config.ts';
import { migrate } from '../src/infra/database.ts';
import { localSecrets } from '../dev/local-secrets.ts';
import { until } from '../dev/stack/until.ts';
import type { Run } from '../dev/stack/index.ts';
import type { Benchmark, Bench, Measurement } from './benchmark.ts';
import { load, percentile } from './load.ts';
import type { Target } from './load.ts';

/** Keys, limits, reservation, accounting and fallback are all on: this is the price of them. */
export const chatProxy: Benchmark = {
  name: 'chat-proxy',
  question: 'what does the gateway cost, against the provider itself and against a bare Node proxy?',
  async run({ run, env }) {
    const targets = await startTargets({ run, env });
    const measurements: Measurement[] = [];
    for (const { name, stream, connections } of cases) {
      measurements.push(...(await compare(targets, { name, stream, connections })));
    }
    return measurements;
  },
};

type Case = { name: string; stream: boolean; connections: number };
const cases: readonly Case[] = [
  { name: 'one at a time', stream: false, connections: 1 },
  { name: '16 at once', stream: false, connections: 16 },
  { name: '16 streams at once', stream: true, connections: 16 },
];

const ROUNDS = 5;
const REQUESTS_PER_ROUND = 400;

/** The targets take turns round by round, so that a slow moment of the machine meets all of them. */
async function compare(targets: readonly Target[], { name, stream, connections }: Case): Promise<Measurement[]> {
  const body = { model: 'fixed', messages: [{ role: 'user', content: 'Tomatoes?' }], max_tokens: 32, stream };
  const samples = new Map(
    targets.map((target) => [target.name, { rates: new Array<number>(), latencies: new Array<number>() }]),
  );
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const target of targets) {
      const sample = await load(target, { body, connections, requests: REQUESTS_PER_ROUND });
      if (round === 0) continue; // warms up
      samples.get(target.name)?.rates.push(sample.requestsPerSecond);
      samples.get(target.name)?.latencies.push(...sample.latenciesMs);
    }
  }
  const rate = (target: string) => percentile(samples.get(target)?.rates ?? [], 0.5);
  const [first] = targets;
  return targets.map((target) => ({
    case: name,
    target: target.name,
    requestsPerSecond: rate(target.name),
    p50Ms: percentile(samples.get(target.name)?.latencies ?? [], 0.5),
    p95Ms: percentile(samples.get(target.name)?.latencies ?? [], 0.95),
    ratio: rate(target.name) / rate(first?.name ?? ''),
  }));
}

async function startTargets({ run, env }: Bench): Promise<Target[]> {
  const [upstreamPort, barePort, apiPort] = [
    await run.port('bench-upstream'),
    await run.port('bench-bare'),
    await run.port('api'),
  ];
  const urls = {
    upstream: `http://127.0.0.1:${upstreamPort}/v1/chat/completions`,
    bare: `http://127.0.0.1:${barePort}/v1/chat/completions`,
    gateway: `http://127.0.0.1:${apiPort}/v1/chat/completions`,
  };
  const settings = {
    ...env,
    ...(await localSecrets(`${run.dataDir}/secrets.json`)),
    LOG_LEVEL: 'error',
    PORT: String(apiPort),
    PUBLIC_URL: `http://127.0.0.1:${apiPort}`,
  };
  const key = await seed(settings, `http://127.0.0.1:${upstreamPort}/v1`);
  await startNode(run, { what: 'bench-upstream', args: ['bench/fixed-upstream.ts', String(upstreamPort)], env: {} });
  await startNode(run, { what: 'bench-bare', args: ['bench/bare-proxy.ts', String(barePort), urls.upstream], env: {} });
  await startNode(run, { what: 'api', args: ['src/api/server.ts'], env: settings });
  await Promise.all(Object.values(urls).map(answers));
  return [
    { name: 'provider', url: urls.upstream, headers: {} },
    { name: 'bare proxy', url: urls.bare, headers: {} },
    { name: 'gateway', url: urls.gateway, headers: { authorization: `Bearer ${key}` } },
  ];
}

type NodeProcess = { what: string; args: string[]; env: Record<string, string> };
const startNode = (run: Run, node: NodeProcess) => run.spawnOwned({ ...node, command: process.execPath });

async function answers(url: string): Promise<void> {
  const reachable = () =>
    fetch(url, { method: 'POST', body: '{}' }).then(
      () => true,
      () => false,
    );
  if (!(await until(reachable, { timeoutMs: 20_000 }))) throw new Error(`${url} does not answer`);
}

/** One user without limits, one key, one model. @returns the key */
async function seed(env: Record<string, string>, baseUrl: string): Promise<string> {
  const services = await createServices(loadConfig({ ...process.env, ...env }), 'bench');
  await migrate(services.database);
  const em = services.database.em.fork();
  await em.execute(`update tiers set requests_per_minute = null, tokens_per_minute = null, concurrent_requests = null,
    tokens_per_day = null, tokens_per_month = null, cost_nanos_per_day = null, cost_nanos_per_month = null`);
  await services.llm.catalog.upsertProvider({
    id: 'fixed',
    displayName: 'fixed',
    baseUrl,
    credentials: ['none'],
    enabled: true,
  });
  await services.llm.catalog.upsertModel({
    name: 'fixed',
    providerId: 'fixed',
    upstreamName: 'fixed',
    displayName: 'fixed',
    type: 'text',
    contextTokens: 8_192,
    maxOutputTokens: 1_024,
    supportsJson: true,
    prices: { inputNanos: 1_000_000, outputNanos: 2_000_000, cacheReadNanos: 1_000_000, cacheWriteNanos: 1_000_000 },
    priority: 100,
    enabled: true,
  });
  const { user } = await services.accounts.register({
    email: `bench-${Date.now()}@example.com`,
    password: 'bench-password',
  });
  const { secret } = await services.accounts.keys.create(user.id, { name: 'bench', ...noLimits });
  await services.close();
  return secret;
}

const noLimits = {
  expiresInDays: null,
  allowedModels: null,
  requestsPerMinute: null,
  tokensPerDay: null,
  tokensPerMonth: null,
};
