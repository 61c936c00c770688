import { readFileSync } from 'node:fs';
import { until } from '../dev/stack/until.ts';

/** What the kernel knows of a process, see proc_pid_status(5) and proc_pid_stat(5). */
export const residentMb = (pid: number): number => statusKb(pid, 'VmRSS') / KB_PER_MB;
export const peakResidentMb = (pid: number): number => statusKb(pid, 'VmHWM') / KB_PER_MB;

/** CPU time of all its threads since it started. */
export function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
}

/** Waits until a process has finished what it does after its answers, such as writing usage down. */
export async function quiet(pid: number): Promise<void> {
  let before = cpuMs(pid);
  const idle = () => {
    const now = cpuMs(pid);
    const used = now - before;
    before = now;
    return used <= EVERY_MS * IDLE_SHARE;
  };
  await until(idle, { timeoutMs: 5_000, everyMs: EVERY_MS });
}

const KB_PER_MB = 1_024;
const MS_PER_TICK = 10; // USER_HZ is 100 on every Linux that Node runs on
const EVERY_MS = 100;
const IDLE_SHARE = 0.2;

function statusKb(pid: number, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}
