import { command } from '../downloads/command.ts';
import { StackError } from './stack-error.ts';

type CommandLine = [file: string, ...args: string[]];

export interface Account {
  uid: number;
  gid: number;
  /** The same command line, run by this account. */
  as(line: CommandLine): CommandLine;
}

/**
 * The account that PostgreSQL runs under: this one, unless it is root, which PostgreSQL refuses. Then it is `postgres`, or
 * `nobody` where that is missing (no account is made on somebody's machine), with the right to pass folders that only root
 * may enter: a checkout often lies under root's home.
 */
export async function withoutRoot(): Promise<Account> {
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  if (uid !== 0) return { uid, gid, as: (line) => line };
  const other = (await lookUp('postgres')) ?? (await lookUp('nobody'));
  if (!other)
    throw new StackError('PostgreSQL refuses to run as root, and there is no other account: run as an ordinary user.');
  const change = [`--reuid=${other.uid}`, `--regid=${other.gid}`, '--clear-groups'];
  const pass = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
  return { ...other, as: (line) => ['setpriv', ...change, ...pass, '--', ...line] };
}

async function lookUp(name: string): Promise<{ uid: number; gid: number } | undefined> {
  try {
    const [uid, gid] = [await command('id', ['-u', name]), await command('id', ['-g', name])];
    return { uid: Number(uid), gid: Number(gid) };
  } catch {
    return undefined;
  }
}
