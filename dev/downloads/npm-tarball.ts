import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { StackError } from '../stack/stack-error.ts';
import { npm } from './npm-runtime.ts';
import { withProgress, type Report } from './progress.ts';

export interface NpmTarball {
  /** With its exact version: `ghost@5.130.6`. */
  name: string;
  /** The registry's own hash of the tarball, as in a lockfile. */
  integrity: string;
  totalBytes: number;
}

/** Fetches one published package into `dir`, without what it depends on. @returns the path of the tarball */
export async function npmTarball(
  { name, integrity, totalBytes }: NpmTarball,
  dir: string,
  report: Report,
): Promise<string> {
  mkdirSync(dir, { recursive: true });
  const listed = await withProgress({ dir, totalBytes }, report, () =>
    npm(['pack', name, '--silent', '--pack-destination', dir], dir),
  );
  const tarball = join(dir, listed.trim().split('\n').at(-1) ?? '');
  const hash = createHash('sha512');
  await pipeline(createReadStream(tarball), hash);
  if (`sha512-${hash.digest('base64')}` === integrity) return tarball;
  throw new StackError(`The download of ${name} is not what was pinned: check the registry that npm uses.`);
}
