import { readdir, readFile } from 'node:fs/promises';

/**
 * What all processes below this one hold, in bytes, shared pages counted by share (PSS): Chromium's processes share
 * most of what they map, and a sum of resident sizes would count it again for each. Null where there is no `/proc`.
 */
export async function memoryBelow(pid: number): Promise<number | null> {
  const below = await descendantsOf(pid);
  if (below === null) return null;
  const sizes = await Promise.all(below.map(memoryOf));
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
}

async function descendantsOf(pid: number): Promise<number[] | null> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => null);
  if (threads === null) return null;
  const lists = await Promise.all(threads.map((thread) => textOf(`/proc/${pid}/task/${thread}/children`)));
  const children = lists.flatMap((list) => list.split(' ').filter(Boolean)).map(Number);
  const further = await Promise.all(children.map(descendantsOf));
  return [...children, ...further.flatMap((found) => found ?? [])];
}

/** A process that hides its pages from us is counted by what it shares with nobody. */
async function memoryOf(pid: number): Promise<number> {
  const share = /^Pss:\s+(\d+) kB/m.exec(await textOf(`/proc/${pid}/smaps_rollup`))?.[1];
  if (share !== undefined) return Number(share) * 1_024;
  const [, resident = 0, shared = 0] = (await textOf(`/proc/${pid}/statm`)).split(' ').map(Number);
  return (resident - shared) * PAGE_BYTES;
}

const PAGE_BYTES = 4_096;

/** Empty for a process that has gone meanwhile. */
const textOf = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');
