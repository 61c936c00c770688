import { createHash } from 'node:crypto';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { cached } from '../../downloads/cache.ts';
import { command } from '../../downloads/command.ts';
import { npm } from '../../downloads/npm-runtime.ts';
import { npmTarball } from '../../downloads/npm-tarball.ts';
import { withProgress, type Report } from '../../downloads/progress.ts';

const PACKAGE = {
  name: 'ghost@5.130.6',
  integrity: 'sha512-CAWqPKt+7ws+/1NrVmvuiWiDZDEtutiu7niVMTku9uM29MjfNFFUVKM3giQBpZGZrUORXkWiXSlqbry4QGVrBw==',
  totalBytes: 20_000_000,
};
const runtime = join(import.meta.dirname, 'runtime');

/** Ghost with all that it needs to run, in the cache. Nothing is compiled and no package's script is run. */
export function ghostFiles(report: Report): Promise<string> {
  const lock = readFileSync(join(runtime, 'package-lock.json'));
  const shim = readFileSync(join(runtime, 'sqlite3/index.js'));
  const pin = createHash('sha256').update(PACKAGE.integrity).update(lock).update(shim).digest('hex');
  return cached({ name: 'ghost', pin }, async (part) => {
    const packed = join(part, '.packed');
    const tarball = await npmTarball(PACKAGE, packed, report);
    report('unpacking');
    await command('tar', ['-xzf', tarball, '-C', part, '--strip-components=1']);
    await rm(packed, { recursive: true });
    writeManifest(join(part, 'package.json'));
    cpSync(runtime, part, { recursive: true });
    const install = ['install', '--ignore-scripts', '--legacy-peer-deps'];
    await withProgress({ dir: part, totalBytes: 600_000_000 }, report, () => npm(install, part));
  });
}

const Manifest = z.looseObject({ dependencies: z.record(z.string(), z.string()) });

/** What needs a compiler, and what Ghost loads only when it is told to: a reporter of crashes, a maker of demo data. */
const replaced = {
  sqlite3: 'file:./sqlite3',
  '@sentry/node': 'file:./left-out',
  '@faker-js/faker': 'file:./left-out',
};

/** Ghost's own manifest, which the lockfile belongs to, without what only its developers need. */
function writeManifest(file: string): void {
  const manifest = Manifest.parse(JSON.parse(readFileSync(file, 'utf8')));
  const left = {
    devDependencies: undefined,
    optionalDependencies: undefined,
    resolutions: undefined,
    scripts: undefined,
  };
  const dependencies = { ...manifest.dependencies, ...replaced };
  writeFileSync(file, JSON.stringify({ ...manifest, ...left, dependencies, overrides: replaced }, null, 2));
}
