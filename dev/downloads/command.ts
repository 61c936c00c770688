import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface CommandOptions {
  cwd?: string;
  env?: Record<string, string>;
}

/**
 * Runs a program to its end; it ends with this process.
 * @returns its standard output
 * @throws an Error whose message holds what it printed on stderr
 */
export async function command(file: string, args: string[], { cwd, env }: CommandOptions = {}): Promise<string> {
  const running = run(file, args, {
    env: { ...process.env, ...env },
    maxBuffer: 64_000_000,
    ...(cwd === undefined ? {} : { cwd }),
  });
  const end = () => void running.child.kill('SIGKILL');
  process.once('exit', end);
  try {
    return (await running).stdout;
  } finally {
    process.off('exit', end);
  }
}
