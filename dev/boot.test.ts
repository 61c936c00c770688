import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

// A checkout of its own, with an `npm` that writes down what it was asked and installs nothing but Node.
let checkout: string;

beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), 'boot-'));
  mkdirSync(join(checkout, 'dev'));
  mkdirSync(join(checkout, 'bin'));
  cpSync('dev/boot.mjs', join(checkout, 'dev/boot.mjs'));
  writeFileSync(join(checkout, 'package-lock.json'), JSON.stringify({ packages: { '': {}, 'node_modules/node': {} } }));
  writeFileSync(
    join(checkout, 'dev/entry.ts'),
    'const code: string = process.argv[2] ?? "0"; process.exit(Number(code));',
  );
  symlinkSync(process.execPath, join(checkout, 'bin/node'));
  npmThat(`mkdir -p node_modules/.bin && ln -sf '${process.execPath}' node_modules/.bin/node`);
});

afterEach(() => rmSync(checkout, { recursive: true, force: true }));

test('a fresh checkout installs the packages, then runs the command with its arguments and exit code', () => {
  expect(boot('7').status).toBe(7);
  expect(asked()).toHaveLength(1);
  expect(asked()[0]).toMatch(/^ci /);
});

test('a second start installs nothing', () => {
  boot();
  boot();

  expect(asked()).toHaveLength(1);
});

test('a changed lockfile installs again', () => {
  boot();
  writeFileSync(
    join(checkout, 'package-lock.json'),
    JSON.stringify({ packages: { '': {}, 'node_modules/other': {} } }),
  );
  boot();

  expect(asked()).toHaveLength(2);
});

test('an interrupted install is repaired by the next start', () => {
  npmThat('mkdir -p node_modules/half; exit 1');
  const first = boot();
  npmThat(`mkdir -p node_modules/.bin && ln -sf '${process.execPath}' node_modules/.bin/node`);

  expect(first.status).toBe(1);
  expect(boot().status).toBe(0);
  expect(asked()).toHaveLength(2);
});

test('packages that somebody installed by hand from this lockfile are taken as they are', () => {
  mkdirSync(join(checkout, 'node_modules/.bin'), { recursive: true });
  symlinkSync(process.execPath, join(checkout, 'node_modules/.bin/node'));
  writeFileSync(join(checkout, 'node_modules/.package-lock.json'), '{}');
  const past = new Date('2026-01-01');
  utimesSync(join(checkout, 'package-lock.json'), past, past);

  expect(boot().status).toBe(0);
  expect(asked()).toEqual([]);
});

test('says nothing on standard output, which belongs to the command', () => {
  expect(boot().stdout).toBe('');
});

function boot(...args: string[]) {
  const env = { ...process.env, PATH: `${join(checkout, 'bin')}${delimiter}${process.env['PATH']}` };
  return spawnSync('node', ['dev/boot.mjs', 'dev/entry.ts', ...args], { cwd: checkout, env, encoding: 'utf8' });
}

function npmThat(script: string): void {
  writeFileSync(join(checkout, 'bin/npm'), `#!/bin/sh\necho "$@" >> asked\n${script}\n`, { mode: 0o755 });
}

function asked(): string[] {
  const file = join(checkout, 'asked');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
}
