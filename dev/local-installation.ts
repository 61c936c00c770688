import { join } from 'node:path';
import { loadConfig } from '../src/infra/config.ts';
import { setUpTemporal } from '../temporal-config/setup.ts';
import { applicationEnv, startApplication } from './application.ts';
import type { Application } from './application.ts';
import { localSecrets } from './local-secrets.ts';
import { seedLocalCatalog } from './local-catalog.ts';
import { openRun, startStack, stopOnSignals } from './stack/index.ts';
import type { PartEvent, Run, Stack } from './stack/index.ts';
import type { PartName } from './stack/part.ts';

export type LocalInstallation = {
  run: Run;
  stack: Stack;
  application: Application;
  /** What the application's processes read. */
  env: Record<string, string>;
  /** Where a person can look, by name. */
  urls: Record<string, string>;
};

export type LocalOptions = {
  dataDir?: string;
  parts: readonly PartName[];
  on?: (event: PartEvent) => void;
};

/** Stack, catalog and application of this checkout, with its state in `.data/`. Ends with this process. */
export async function openLocalInstallation({
  dataDir = '.data/local',
  parts,
  on,
}: LocalOptions): Promise<LocalInstallation> {
  const run = await openRun({ dataDir });
  stopOnSignals(() => run.close());
  try {
    const secrets = await localSecrets(join(run.dataDir, 'secrets.json'));
    const apiPort = await run.port('api');
    const codecEndpoint = `http://127.0.0.1:${apiPort}/codec/${secrets.CODEC_TOKEN}`;
    const stack = await startStack({ run, parts, temporal: { codecEndpoint }, ...(on ? { on } : {}) });
    const env = { ...stack.env, ...applicationEnv({ apiPort, secrets }) };
    await Promise.all([setUpTemporal(loadConfig({ ...process.env, ...env })), seedLocalCatalog(env)]);
    const application = await startApplication(run, env);
    return { run, stack, application, env, urls: urlsOf(env) };
  } catch (error) {
    await run.close();
    throw error;
  }
}

function urlsOf(env: Record<string, string>): Record<string, string> {
  const api = env['PUBLIC_URL'] ?? '';
  return {
    api,
    documentation: `${api}/docs`,
    'temporal ui': env['TEMPORAL_UI_URL'] ?? '',
    ...(env['WORDPRESS_URL'] ? { wordpress: env['WORDPRESS_URL'] } : {}),
    ...(env['GHOST_URL'] ? { ghost: env['GHOST_URL'] } : {}),
    ...(env['LOCAL_LLM_URL'] ? { 'language model': env['LOCAL_LLM_URL'] } : {}),
  };
}
