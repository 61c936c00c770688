import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import type { RunningPart } from './part.ts';
import { StackError } from './stack-error.ts';

export interface Given {
  /** The variable that names the part, for the message when nothing answers. */
  variable: string;
  url: string;
  env: Record<string, string>;
}

/** A part that somebody else runs: used as it is, never stopped. @throws StackError when nothing answers there */
export async function fromEnvironment({ variable, url, env }: Given): Promise<RunningPart> {
  const { hostname, port, protocol } = new URL(url.includes('://') ? url : `tcp://${url}`);
  const reachable = await accepts(hostname.replace(/^\[|\]$/g, ''), Number(port) || (defaultPorts[protocol] ?? 80));
  if (!reachable)
    throw new StackError(`${variable} is set, but nothing answers there: start that server, or unset ${variable}.`);
  return { url, source: 'environment', env, stop: async () => undefined };
}

/** The first of these programs on the PATH. */
export function onPath(environment: NodeJS.ProcessEnv, ...names: string[]): string | undefined {
  const folders = (environment['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder && !folder.includes('node_modules'));
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((file) => existsSync(file));
}

const defaultPorts: Record<string, number> = {
  'https:': 443,
  'postgres:': 5432,
  'postgresql:': 5432,
  'redis:': 6379,
  'rediss:': 6379,
};

function accepts(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port, timeout: 5000 });
  return new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('timeout', () => resolve(false));
    socket.once('error', () => resolve(false));
  }).finally(() => socket.destroy());
}
