import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** What V8 writes, see https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile; times are microseconds. */
const cpuProfile = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.number() }),
      children: z.array(z.number()).optional(),
    }),
  ),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
});
type CpuProfile = z.infer<typeof cpuProfile>;
type Node = CpuProfile['nodes'][number];

/**
 * The functions that took most time themselves, as shares of the time that was not idle. What runs in C++ is told with the
 * file that asked for it.
 * @param after a file; what comes before its first sample is starting up and does not count
 */
export function busiest(folder: string, after: string): string[][] {
  const times = new Map<string, number>();
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.cpuprofile'))) {
    addTimes(times, cpuProfile.parse(JSON.parse(readFileSync(join(folder, file), 'utf8'))), after);
  }
  times.delete('(idle)');
  const all = [...times.values()].reduce((sum, time) => sum + time, 0);
  const sorted = [...times].sort(([, a], [, b]) => b - a).slice(0, SHOWN);
  return [['share', 'function'], ...sorted.map(([name, time]) => [`${((time / all) * 100).toFixed(1)} %`, name])];
}

const SHOWN = 40;

function addTimes(times: Map<string, number>, { nodes, samples, timeDeltas }: CpuProfile, after: string): void {
  const begun = new Set(nodes.filter(({ callFrame }) => callFrame.url.endsWith(after)).map(({ id }) => id));
  const first = samples.findIndex((id) => begun.has(id));
  const names = namesOf(nodes);
  for (const [index, id] of samples.entries()) {
    const name = names.get(id) ?? '';
    if (index >= first) times.set(name, (times.get(name) ?? 0) + (timeDeltas[index] ?? 0));
  }
}

/** Parents come before their children in a profile. */
function namesOf(nodes: readonly Node[]): Map<number, string> {
  const askedBy = new Map<number, string>();
  const names = new Map<number, string>();
  for (const { id, callFrame, children = [] } of nodes) {
    const { functionName, url, lineNumber } = callFrame;
    const file = url.startsWith('file:') ? relative(process.cwd(), fileURLToPath(url)) : '';
    const asker = file === '' ? (askedBy.get(id) ?? '') : file.replace('node_modules/', '');
    const native = asker === '' || functionName.startsWith('(') ? functionName : `${functionName} for ${asker}`;
    const own = file === '' ? url : asker;
    names.set(id, url === '' ? native : `${functionName || '(anonymous)'} ${own}:${lineNumber + 1}`);
    for (const child of children) askedBy.set(child, asker);
  }
  return names;
}
