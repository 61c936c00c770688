import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { identityOf, isAlive } from '../stack/process-identity.ts';
import { explain } from '../stack/stack-error.ts';

export interface CacheEntry {
  name: string;
  /** Names the content: a hash or an exact version. Another pin is another folder, so a changed pin is taken again. */
  pin: string;
}

/**
 * The cached folder of that name and pin, built when it is missing. Built aside and renamed last: an interrupted build
 * leaves nothing that looks finished, and of two processes at once one wins and both get a whole folder.
 */
export async function cached(
  entry: CacheEntry,
  build: (dir: string) => Promise<void>,
  root = cacheRoot(),
): Promise<string> {
  const dir = join(root, `${entry.name}-${entry.pin.slice(0, 12)}`);
  if (existsSync(dir)) return dir;
  try {
    mkdirSync(root, { recursive: true });
    sweepAbandoned(root, entry.name);
    const part = `${dir}.part-${ownName()}`;
    rmSync(part, { recursive: true, force: true });
    mkdirSync(part);
    await build(part).then(
      () => adopt(part, dir),
      (error: unknown) => {
        rmSync(part, { recursive: true, force: true });
        throw error;
      },
    );
    return dir;
  } catch (error) {
    throw explain(error, root);
  }
}

/** The user's cache folder (XDG base directory specification). */
export function cacheRoot(env: NodeJS.ProcessEnv = process.env): string {
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'ai-creator-cloud');
}

function adopt(part: string, dir: string): void {
  try {
    renameSync(part, dir);
  } catch (error) {
    rmSync(part, { recursive: true, force: true });
    if (!existsSync(dir)) throw error; // else another process was first, with the same content
  }
}

/** Half-built folders carry their builder's identity; those whose builder is gone are removed. */
function sweepAbandoned(root: string, name: string): void {
  for (const folder of readdirSync(root)) {
    const [, pid, startTicks, bootId] = /\.part-(\d+)_(\d+)_(.+)$/.exec(folder) ?? [];
    if (!folder.startsWith(`${name}-`) || !pid || !startTicks || !bootId) continue;
    if (!isAlive({ pid: Number(pid), startTicks, bootId }))
      rmSync(join(root, folder), { recursive: true, force: true });
  }
}

function ownName(): string {
  const self = identityOf(process.pid);
  return `${process.pid}_${self?.startTicks ?? 0}_${self?.bootId ?? 0}`;
}
