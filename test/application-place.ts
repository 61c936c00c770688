/**
 * The whole product as its own processes on the test stack, with a database, Redis prefix, bucket and namespace of its own;
 * only the provider of language is made up.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { applicationEnv, startApplication } from '../dev/application.ts';
import type { Application } from '../dev/application.ts';
import { localSecrets } from '../dev/local-secrets.ts';
import { openRun } from '../dev/stack/index.ts';
import type { Run } from '../dev/stack/index.ts';
import type { Config } from '../src/infra/config.ts';
import { createServices } from '../src/services.ts';
import type { Services } from '../src/services.ts';
import { setUpTemporal } from '../temporal-config/setup.ts';
import { testPlace } from './services.ts';
import { writingUpstream } from './writing-upstream.ts';
import type { WritingUpstream } from './writing-upstream.ts';

export type ApplicationPlace = {
  application: Application;
  run: Run;
  config: Config;
  /** The same stores, seen from the test. */
  services: Services;
  upstream: WritingUpstream;
  close(): Promise<void>;
};

export type ApplicationPlaceOptions = {
  /** Of its own, since what is in it is sealed with the place's keys. */
  namespace: string;
  /** Models beside the one of the group `text`, each of a provider of its own by the same name. */
  models?: readonly string[];
  /** On top of the test's environment, as a Temporal server or a browser of its own. */
  env?: (run: Run) => Promise<Record<string, string>>;
};

export async function applicationPlace({
  namespace,
  models = [],
  env = async () => ({}),
}: ApplicationPlaceOptions): Promise<ApplicationPlace> {
  const name = `${namespace}-${randomBytes(4).toString('hex')}`;
  const dataDir = join(process.env['TEST_DATA_DIR'] ?? '.data/test', name);
  mkdirSync(dataDir, { recursive: true });
  const run = await openRun({ dataDir });
  const secrets = await localSecrets(join(dataDir, 'secrets.json'));
  const place = await testPlace({
    ...secrets,
    ...applicationEnv({ apiPort: await run.port('api'), secrets }),
    S3_BUCKET: name,
    TEMPORAL_NAMESPACE: namespace,
    SETTLE_WAIT_MS: '5000',
    ...(await env(run)),
  });
  const settings = settingsOf(place.config);
  await setUpTemporal(place.config);
  const services = await createServices(place.config, 'test');
  const upstream = await writingUpstream();
  await seedCatalog(services, upstream.url);
  for (const model of models) await addModel(services, { providerId: model, name: model, baseUrl: upstream.url });
  const application = await startApplication(run, { ...settings, LOG_LEVEL: 'info' });
  return {
    application,
    run,
    config: place.config,
    services,
    upstream,
    async close() {
      await application.stop();
      await services.close();
      await upstream.close();
      await run.close();
      await place.close();
    },
  };
}

/** One model, asked through a group as in production. */
async function seedCatalog(services: Services, baseUrl: string): Promise<void> {
  await addModel(services, { providerId: 'writer', name: 'writer-1', baseUrl });
  await services.llm.catalog.upsertGroup({
    id: 'text',
    displayName: 'Text',
    type: 'text',
    modelNames: ['writer-1'],
    fallbackEnabled: true,
    retryCount: 2,
    timeoutMs: 60_000,
    enabled: true,
  });
}

type NewModel = { providerId: string; name: string; baseUrl: string };

async function addModel({ llm: { catalog } }: Services, { providerId, name, baseUrl }: NewModel): Promise<void> {
  await catalog.upsertProvider({
    id: providerId,
    displayName: providerId,
    baseUrl,
    credentials: ['none'],
    enabled: true,
  });
  await catalog.upsertModel({
    name,
    providerId,
    upstreamName: name,
    displayName: name,
    type: 'text',
    contextTokens: 32_000,
    maxOutputTokens: 2_000,
    supportsJson: true,
    prices: {
      inputNanos: 1_000_000_000,
      outputNanos: 2_000_000_000,
      cacheReadNanos: 1_000_000_000,
      cacheWrite5mNanos: 1_000_000_000,
      cacheWrite1hNanos: 1_000_000_000,
    },
    priority: 100,
    enabled: true,
  });
}

const settingsOf = (config: Config): Record<string, string> =>
  Object.fromEntries(
    Object.entries(config).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
