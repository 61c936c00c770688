import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const directory = join(import.meta.dirname, '../node_modules/.cache/node-compile');

/** Compiles the API's process before it starts, as the image does. @returns the variables that it starts with */
export async function compiledApi(): Promise<{ NODE_COMPILE_CACHE: string }> {
  const variables = { NODE_COMPILE_CACHE: directory }; // by content and by version of Node
  const script = join(import.meta.dirname, 'compile-api.ts');
  await promisify(execFile)(process.execPath, [script], { env: { ...process.env, ...variables } });
  return variables;
}
