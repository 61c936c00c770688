import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cached } from './cache.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'cache-'));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

const whole = async (dir: string): Promise<void> => writeFileSync(join(dir, 'file'), 'whole');

const broken = async (dir: string): Promise<void> => {
  writeFileSync(join(dir, 'file'), 'ha');
  throw new Error('connection reset');
};

const full = async (): Promise<void> => {
  throw new Error('ENOSPC: no space left on device, write');
};

test('an entry is built once and found again', async () => {
  const build = jest.fn(whole);

  const first = await cached({ name: 'tool', pin: 'abc' }, build, root);
  const second = await cached({ name: 'tool', pin: 'abc' }, build, root);

  expect(second).toBe(first);
  expect(build).toHaveBeenCalledTimes(1);
});

test('a changed pin is taken again', async () => {
  const build = jest.fn(whole);

  await cached({ name: 'tool', pin: 'abc' }, build, root);
  await cached({ name: 'tool', pin: 'def' }, build, root);

  expect(build).toHaveBeenCalledTimes(2);
});

test('a download that broke off leaves nothing behind and is taken again', async () => {
  await expect(cached({ name: 'tool', pin: 'abc' }, broken, root)).rejects.toThrow('connection reset');
  expect(readdirSync(root)).toEqual([]);

  const dir = await cached({ name: 'tool', pin: 'abc' }, whole, root);

  expect(readFileSync(join(dir, 'file'), 'utf8')).toBe('whole');
});

test('what a killed process had half built is removed, and never taken for finished', async () => {
  mkdirSync(join(root, 'tool-abc.part-999999999_1_another-boot'));

  const dir = await cached({ name: 'tool', pin: 'abc' }, whole, root);

  expect(readdirSync(root)).toEqual(['tool-abc']);
  expect(readFileSync(join(dir, 'file'), 'utf8')).toBe('whole');
});

test('two builders at once end with one whole folder', async () => {
  const other = async (dir: string) => {
    mkdirSync(join(root, 'tool-abc'));
    writeFileSync(join(root, 'tool-abc', 'file'), 'whole'); // the other one was first
    await whole(dir);
  };

  const dir = await cached({ name: 'tool', pin: 'abc' }, other, root);

  expect(readdirSync(root)).toEqual(['tool-abc']);
  expect(readFileSync(join(dir, 'file'), 'utf8')).toBe('whole');
});

test('a full disk is said in one sentence', async () => {
  await expect(cached({ name: 'tool', pin: 'abc' }, full, root)).rejects.toThrow(
    /^The disk is full: free some space under .*again\.$/,
  );
});
