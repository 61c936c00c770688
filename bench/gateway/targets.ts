import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { apiFlags, smallMemoryEnv } from '../../dev/application.ts';
import { compiledApi } from '../../dev/compiled-api.ts';
import { localSecrets } from '../../dev/local-secrets.ts';
import { until } from '../../dev/stack/until.ts';
import type { OwnedProcess, Run } from '../../dev/stack/processes.ts';
import type { Bench } from '../benchmark.ts';
import type { ServedTarget } from '../load/compare.ts';
import { portkeyHeaders, startPortkey } from '../portkey.ts';
import { seed } from './seed.ts';

export type TargetName = 'direct' | 'bare' | 'portkey' | 'gateway';

export type Targets = Record<TargetName, ServedTarget> & {
  /** The gateway with a key that may hold few calls at once. */
  narrow: ServedTarget;
  /** The gateway's process. */
  api: OwnedProcess;
};

/** Everything that is compared: the fixed upstream itself, a bare proxy, Portkey, and our API process before it. */
export async function startTargets({ run, env, profile }: Bench): Promise<Targets> {
  const upstreamPort = await run.port('bench-upstream');
  const upstream = `http://127.0.0.1:${upstreamPort}`;
  const direct = await startNode(run, { what: 'bench-upstream', file: 'fixed-upstream.ts', args: [`${upstreamPort}`] });
  const barePort = await run.port('bench-bare');
  const bare = await startNode(run, { what: 'bench-bare', file: 'bare-proxy.ts', args: [`${barePort}`, upstream] });
  const portkeyPort = await run.port('bench-portkey');
  const portkey = await startPortkey(run, portkeyPort);
  const { api, port, key, narrowKey } = await startGateway({ run, env, profile }, `${upstream}/v1`);
  await Promise.all([upstreamPort, barePort, portkeyPort, port].map(answers));
  const gateway = { name: 'gateway', port, pid: api.pid };
  return {
    direct: { name: 'direct', port: upstreamPort, pid: direct.pid, headers: {} },
    bare: { name: 'bare proxy', port: barePort, pid: bare.pid, headers: {} },
    portkey: { name: 'Portkey', port: portkeyPort, pid: portkey.pid, headers: portkeyHeaders(`${upstream}/v1`) },
    gateway: { ...gateway, headers: { authorization: `Bearer ${key}` } },
    narrow: { ...gateway, headers: { authorization: `Bearer ${narrowKey}` } },
    api,
  };
}

type Node = { what: string; file: string; args: string[] };

const startNode = (run: Run, { what, file, args }: Node): Promise<OwnedProcess> =>
  run.spawnOwned({ what, command: process.execPath, args: [join(import.meta.dirname, file), ...args] });

async function startGateway({ run, env, profile }: Pick<Bench, 'run' | 'env' | 'profile'>, upstream: string) {
  const port = await run.port('api');
  const settings = {
    ...env,
    ...(await localSecrets(join(run.dataDir, 'secrets.json'))),
    LOG_LEVEL: 'warn',
    PORT: String(port),
    PUBLIC_URL: `http://127.0.0.1:${port}`,
  };
  const keys = await seed(settings, upstream);
  const profileDir = join(run.dataDir, 'profile');
  mkdirSync(profileDir, { recursive: true });
  const api = await run.spawnOwned({
    what: 'api',
    command: process.execPath,
    args: [...(profile ? ['--cpu-prof', `--cpu-prof-dir=${profileDir}`] : []), ...apiFlags, 'src/api/server.ts'],
    env: { ...settings, ...smallMemoryEnv, ...(await compiledApi()) },
    graceMs: 30_000, // a profile takes its time to write
  });
  const worker = { what: 'orchestrator', command: process.execPath, args: ['workers/orchestrator.ts'], env: settings };
  await run.spawnOwned(worker); // writes the ledger
  return { api, port, ...keys };
}

async function answers(port: number): Promise<void> {
  const reachable = () =>
    fetch(`http://127.0.0.1:${port}/v1/chat/completions`, { method: 'POST', body: '{}' }).then(
      () => true,
      () => false,
    );
  if (!(await until(reachable, { timeoutMs: 30_000 }))) throw new Error(`Nothing answers on port ${port}.`);
}
