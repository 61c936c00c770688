import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { signalGroup } from '../stack/owned-process.ts';

export interface CommandOptions {
  cwd?: string;
  env?: Record<string, string>;
}

/**
 * Runs a program to its end. It ends with this process, and with everything it started: `python3` may be a script that
 * starts the real one.
 * @returns its standard output
 * @throws an Error whose message holds what it printed on stderr
 */
export async function command(file: string, args: string[], { cwd, env }: CommandOptions = {}): Promise<string> {
  const child = spawn(file, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    ...(cwd === undefined ? {} : { cwd }),
  });
  const end = () => child.pid && signalGroup(child.pid, 'SIGKILL');
  process.once('exit', end);
  try {
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    const [code, output, complaint] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
    if (code === 0) return output;
    throw new Error(
      `${file} ${args.join(' ')} failed (${code ?? 'killed'}): ${complaint.trim() || output.slice(-2_000)}`,
    );
  } finally {
    process.off('exit', end);
  }
}
