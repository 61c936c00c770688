import { join } from 'node:path';
import { table } from '../benchmark.ts';
import type { Bench, Benchmark, Finding } from '../benchmark.ts';
import { busiest } from '../cpu-profile.ts';
import { experiments } from './experiments.ts';
import { full, quick } from './size.ts';
import { startTargets } from './targets.ts';

/** Keys, every limit, reservation, accounting and fallback are on: this is the price of them. */
export const gateway: Benchmark = {
  name: 'gateway',
  question: 'what does the gateway cost, beside the provider itself, a bare Node proxy and Portkey?',
  async run(bench) {
    const chosen = experiments.filter(({ name }) => bench.only.length === 0 || bench.only.includes(name));
    if (chosen.length === 0) throw new Error(`--only takes ${experiments.map(({ name }) => name).join(', ')}.`);
    const targets = await startTargets(bench);
    const findings: Finding[] = [];
    const figures: Record<string, unknown> = {};
    for (const experiment of chosen) {
      const outcome = await experiment.run(targets, bench.quick ? quick : full);
      findings.push(...outcome.findings);
      figures[experiment.name] = outcome.figures;
      process.stderr.write(`\n${experiment.name}\n${shown(outcome.figures)}\n`);
    }
    await targets.api.stop();
    if (bench.profile) showProfile(bench);
    return { findings, figures };
  },
};

function showProfile({ run }: Bench): void {
  const folder = join(run.dataDir, 'profile');
  process.stderr.write(
    `\nthe gateway's own time by function, from ${folder}\n${table(busiest(folder, 'src/api/serve-route.ts'))}\n`,
  );
}

/** Figures of several targets as a table with one row each; others one below the other. */
function shown(figures: object): string {
  const rows = Object.entries(figures);
  const columns = rows.flatMap(([, row]) => (isObject(row) ? Object.keys(row) : []));
  if (columns.length === 0) return table(rows.map(([name, value]) => [name, inShort(value)]));
  const names = [...new Set(columns)];
  const cells = (row: unknown) =>
    isObject(row) ? names.map((name) => inShort(Reflect.get(row, name))) : [inShort(row)];
  return table([['', ...names], ...rows.map(([name, row]) => [name].concat(cells(row)))]);
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const inShort = (value: unknown): string =>
  typeof value === 'number' && !Number.isInteger(value) ? value.toFixed(value < 100 ? 2 : 0) : String(value);
