import {
  chmodSync,
  createReadStream,
  createWriteStream,
  existsSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';
import { chromium as playwrightChromium } from 'playwright-core';
import { z } from 'zod';
import { cached } from '../downloads/cache.ts';
import { command } from '../downloads/command.ts';
import type { Report } from '../downloads/progress.ts';
import { onPath } from './from-environment.ts';
import type { PartSource, RunningPart, StartPart } from './part.ts';
import { StackError } from './stack-error.ts';

/** A Chromium to drive. Not a server: whoever needs a browser launches this path. */
export const chromium: StartPart = async ({ environment, report }) => {
  const { CHROMIUM_PATH: given } = environment;
  if (given && !existsSync(given)) {
    throw new StackError(`CHROMIUM_PATH names ${given}, which does not exist: correct it, or unset CHROMIUM_PATH.`);
  }
  if (given) return at(given, 'environment');
  const own = playwrightChromium.executablePath();
  if (own && existsSync(own)) return at(own, 'path');
  const installed = onPath(environment, 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable');
  return installed ? at(installed, 'path') : at(await packaged(report), 'package');
};

function at(path: string, source: PartSource): RunningPart {
  return { url: path, source, env: { CHROMIUM_PATH: path }, stop: async () => undefined };
}

/** The binary inside @sparticuz/chromium, unpacked once, behind a script that adds what a bare Linux lacks. */
async function packaged(report: Report): Promise<string> {
  if (process.arch !== 'x64') {
    throw new StackError(`There is no packaged Chromium for ${process.arch}: install chromium, or set CHROMIUM_PATH.`);
  }
  const source = dirname(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')));
  const version = z.object({ version: z.string() }).parse(readJson(join(source, 'package.json'))).version;
  const dir = await cached({ name: 'chromium', pin: version }, (part) => unpack(join(source, 'bin'), part, report));
  return join(dir, 'chromium-with-libraries');
}

async function unpack(bin: string, dir: string, report: Report): Promise<void> {
  report('unpacking');
  await Promise.all([
    inflate(join(bin, 'chromium.br'), join(dir, 'chromium')),
    ...['al2023', 'fonts'].map((name) => untar(join(bin, `${name}.tar.br`), dir)),
  ]);
  chmodSync(join(dir, 'chromium'), 0o755);
  writeFileSync(join(dir, 'chromium-with-libraries'), LAUNCHER, { mode: 0o755 });
}

async function untar(packed: string, dir: string): Promise<void> {
  const tar = `${packed.replace(/^.*\//, join(dir, '/'))}.tar`;
  await inflate(packed, tar);
  await command('tar', ['-xf', tar, '-C', dir]);
  rmSync(tar);
}

const inflate = (from: string, to: string): Promise<void> =>
  pipeline(createReadStream(from), createBrotliDecompress(), createWriteStream(to));

// A system's own libraries and fonts are newer than the package's, so these are only a fall-back. Decided at each launch:
// the cache outlives what is installed. Open Sans has no Chinese glyphs.
const LAUNCHER = `#!/bin/sh
dir=$(dirname "$(readlink -f "$0")")
if ldd "$dir/chromium" | grep -q 'not found'; then export LD_LIBRARY_PATH="$dir/lib\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"; fi
if [ ! -d /usr/share/fonts ]; then
  export FONTCONFIG_FILE="\${TMPDIR:-/tmp}/ai-creator-fonts-$(id -u).conf"
  echo "<fontconfig><dir>$dir/fonts</dir><cachedir>$dir/fonts-cache</cachedir></fontconfig>" > "$FONTCONFIG_FILE"
fi
exec "$dir/chromium" "$@"
`;

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));
