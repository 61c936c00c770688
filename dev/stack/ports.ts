import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';
import { StackError } from './stack-error.ts';

const Remembered = z.record(z.string(), z.int());

export type Ports = (name: string) => Promise<number>;

/**
 * Free ports by name, the same ones at every start while they stay free: a site's URL and a bookmark live longer than a
 * run. They lie below the range that the kernel hands to outgoing connections, so nothing takes them by chance.
 */
export function choosePorts(dataDir: string, fixed: Record<string, number>): Ports {
  const file = join(dataDir, 'ports.json');
  const known = existsSync(file) ? (Remembered.safeParse(readJson(file)).data ?? {}) : {};
  const given = new Set<number>();
  let turn: Promise<unknown> = Promise.resolve();

  async function choose(name: string): Promise<number> {
    const wanted = fixed[name];
    if (wanted !== undefined && !(await isFree(wanted))) {
      throw new StackError(`Port ${wanted} (${name}) is in use: stop what uses it, or choose another port.`);
    }
    const port = wanted ?? (await firstFree(name));
    given.add(port);
    known[name] = port;
    writeFileSync(file, JSON.stringify(known, null, 2));
    return port;
  }

  async function firstFree(name: string): Promise<number> {
    const ofOthers = new Set([...given, ...Object.values(fixed), ...Object.values({ ...known, [name]: 0 })]);
    for (const port of candidates(dataDir, known[name])) {
      if (!ofOthers.has(port) && (await isFree(port))) return port;
    }
    throw new StackError('No free port between 20000 and 32000: end some servers and run the command again.');
  }

  return (name) => {
    const mine = turn.then(() => choose(name));
    turn = mine.catch(() => undefined);
    return mine;
  };
}

function* candidates(dataDir: string, remembered: number | undefined): Generator<number> {
  if (remembered !== undefined) yield remembered;
  const offset = createHash('sha256').update(dataDir).digest().readUInt16BE() % 12_000;
  for (let n = 0; n < 12_000; n += 1) yield 20_000 + ((offset + n) % 12_000);
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined; // cut short by a crash: ports are chosen anew
  }
}
