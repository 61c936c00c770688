import type { Bench, Finding, Report } from './benchmark.ts';
import { table } from './benchmark.ts';
import { judge, notMeasured } from './judge.ts';
import type { Line } from './judge.ts';

/** What is done once for several lines, on some targets and as large as `size` says. */
export type Experiment<Targets, Size> = { name: string; run(targets: Targets, size: Size): Promise<Outcome> };
/** `figures` are the numbers behind the findings. */
export type Outcome = { findings: Finding[]; figures: object };

export function experiment<Targets, Size, M>(
  name: string,
  judged: readonly Line<M>[],
  measure: (targets: Targets, size: Size) => Promise<{ measured: M; figures: object }>,
): Experiment<Targets, Size> {
  return {
    name,
    async run(targets, size) {
      try {
        const { measured, figures } = await measure(targets, size);
        return { findings: judge(name, judged, measured), figures };
      } catch (error) {
        return { findings: notMeasured(name, judged, error), figures: { error: String(error) } };
      }
    },
  };
}

/** @throws Error when none has been asked for by its name */
export function chosenOf<T, S>(experiments: readonly Experiment<T, S>[], { only }: Bench): Experiment<T, S>[] {
  const chosen = experiments.filter(({ name }) => only.length === 0 || only.includes(name));
  if (chosen.length > 0) return chosen;
  throw new Error(`--only takes ${experiments.map(({ name }) => name).join(', ')}.`);
}

/** One after the other; each one's figures are shown as they come. */
export async function reportOf<T, S>(experiments: readonly Experiment<T, S>[], targets: T, size: S): Promise<Report> {
  const findings: Finding[] = [];
  const figures: Record<string, unknown> = {};
  for (const one of experiments) {
    const outcome = await one.run(targets, size);
    findings.push(...outcome.findings);
    figures[one.name] = outcome.figures;
    process.stderr.write(`\n${one.name}\n${shown(outcome.figures)}\n`);
  }
  return { findings, figures };
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

const inShort = (value: unknown): string => {
  if (typeof value === 'number' && !Number.isInteger(value)) return value.toFixed(value < 100 ? 2 : 0);
  return typeof value === 'number' || typeof value === 'string' ? String(value) : (JSON.stringify(value) ?? '');
};
