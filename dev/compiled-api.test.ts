import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { compiledApi } from './compiled-api.ts';

const loadsIt = `
  process.on('exit', () => process.stdout.write(process.moduleLoadList.join()));
  await import('./compile-api.ts');
`;

test('an API that was compiled before does not load what strips types', async () => {
  const env = { ...process.env, ...(await compiledApi()) };
  const options = { cwd: join(import.meta.dirname), env };
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', loadsIt], options);

  expect(stdout).toContain('internal/modules/typescript');
  expect(stdout).not.toContain('amaro');
});
