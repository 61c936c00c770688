// A pid alone is no identity: the kernel gives it to somebody else later. The start time, and the boot it was counted in,
// make it one; only a process that matches all three is ever ended.
import { readFileSync, readdirSync } from 'node:fs';
import { z } from 'zod';

export const ProcessIdentity = z.object({ pid: z.int(), startTicks: z.string(), bootId: z.string() });
export type ProcessIdentity = z.infer<typeof ProcessIdentity>;

interface Stat {
  state: string;
  group: number;
  startTicks: string;
}

export function identityOf(pid: number): ProcessIdentity | undefined {
  const stat = statOf(pid);
  return stat && { pid, startTicks: stat.startTicks, bootId: bootId() };
}

export function isAlive({ pid, startTicks, bootId: recordedBoot }: ProcessIdentity): boolean {
  const stat = statOf(pid);
  return stat !== undefined && stat.state !== 'Z' && stat.startTicks === startTicks && recordedBoot === bootId();
}

/** Living members of a process group that carry `mark` in their environment; their leader may be gone already. */
export function markedMembers(group: number, mark: string): number[] {
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  return pids.filter((pid) => {
    const stat = statOf(pid);
    return (
      stat !== undefined && stat.state !== 'Z' && stat.group === group && read(`/proc/${pid}/environ`).includes(mark)
    );
  });
}

function statOf(pid: number): Stat | undefined {
  const text = read(`/proc/${pid}/stat`);
  // The command name is in parentheses and may hold anything, so fields are counted from the last one (proc(5)).
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, , group] = fields;
  const startTicks = fields[19];
  return state && group && startTicks ? { state, group: Number(group), startTicks } : undefined;
}

const bootId = (): string => read('/proc/sys/kernel/random/boot_id').trim();

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // ended meanwhile, or somebody else's
  }
}
