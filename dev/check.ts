// Types, lint (with the layer rules) and format: side by side, all reported, zero warnings.
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

const checks = {
  types: ['tsc', '-p', '.'],
  lint: ['oxlint', '--type-aware', '--deny-warnings'],
  format: ['prettier', '--check', '--log-level', 'warn', '.'],
} as const;

/** Runs every check. @returns whether all passed */
export async function check(): Promise<boolean> {
  const results = await Promise.all(Object.entries(checks).map(([name, command]) => run(name, command)));
  return results.every(Boolean);
}

async function run(name: string, [command, ...args]: readonly string[]): Promise<boolean> {
  const child = spawn(command ?? '', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = Promise.all([text(child.stdout), text(child.stderr)]);
  const code = await new Promise<number | null>((resolve) => void child.once('close', resolve));
  if (code !== 0) process.stderr.write(`${(await output).join('')}\n`);
  process.stderr.write(`${code === 0 ? 'ok    ' : 'FAILED'} ${name}\n`);
  return code === 0;
}

if (import.meta.main) process.exitCode = (await check()) ? 0 : 1;
