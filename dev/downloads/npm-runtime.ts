import { createHash } from 'node:crypto';
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { StackError } from '../stack/stack-error.ts';
import { cached } from './cache.ts';
import { command } from './command.ts';
import { withProgress, type Report } from './progress.ts';

export interface NpmRuntime {
  name: string;
  /** A folder with package.json and package-lock.json; the lockfile's integrity hashes are the pin. */
  definition: string;
  /** About what arrives: packed downloads and what is unpacked from them. */
  totalBytes: number;
  omitOptional?: boolean;
}

/** @returns a folder whose node_modules holds that lockfile's packages; kept out of ours, because only the demo needs them */
export async function npmRuntime(
  { name, definition, totalBytes, omitOptional }: NpmRuntime,
  report: Report,
): Promise<string> {
  const pin = createHash('sha256')
    .update(readFileSync(join(definition, 'package-lock.json')))
    .digest('hex');
  return cached({ name, pin }, async (part) => {
    cpSync(definition, part, { recursive: true });
    // Not `ci`: it demands every optional package of every platform in the lockfile; `install` keeps to the same versions
    // and hashes for those that are wanted.
    const omit = omitOptional ? ['--omit=optional'] : [];
    await withProgress({ dir: part, totalBytes }, report, () => npm(['install', '--ignore-scripts', ...omit], part));
  });
}

/** Runs npm with a download cache inside `dir`, where progress can be seen, and removes that again. */
export async function npm(args: string[], dir: string): Promise<string> {
  const downloads = join(dir, '.npm-downloads');
  const quiet = ['--no-audit', '--no-fund', '--no-progress', '--loglevel=error', '--prefix', dir];
  try {
    return await command('npm', [...args, ...quiet], { cwd: dir, env: { npm_config_cache: downloads } });
  } catch (error) {
    if (/ENOTFOUND|ECONNREFUSED|EAI_AGAIN|ETIMEDOUT|ECONNRESET/.test(String(error))) {
      throw new StackError(
        'npm could not reach its registry: check the network (or npm’s proxy settings), then run again.',
      );
    }
    throw error;
  } finally {
    rmSync(downloads, { recursive: true, force: true });
  }
}
