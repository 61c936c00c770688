import type { Run } from '../dev/stack/index.ts';
import type { PartName } from '../dev/stack/part.ts';

/** A benchmark compares targets in one run; only the ratios between them are to be quoted, as machines differ. */
export type Benchmark = {
  name: string;
  /** What is compared with what, in one sentence. */
  question: string;
  /** Of the stack, what it needs. */
  parts: readonly PartName[];
  run(bench: Bench): Promise<Report>;
};

export type Bench = {
  run: Run;
  env: Record<string, string>;
  /** Smaller numbers: a couple of minutes in all. */
  quick: boolean;
  /** The experiments to run; all when empty. */
  only: readonly string[];
  /** Records a CPU profile of what is measured. */
  profile: boolean;
};

/** What came out; `figures` are the numbers behind the findings, by experiment. */
export type Report = { findings: Finding[]; figures: Record<string, unknown> };

/** One line of the table that a benchmark must pass. */
export type Finding = { line: string; what: string; measured: string; mustReach: string; ok: boolean };

export function findingsTable(findings: readonly Finding[]): string {
  return table([
    ['line', 'what', 'measured', 'must reach', ''],
    ...findings.map(({ line, what, measured, mustReach, ok }) => [
      line,
      what,
      measured,
      mustReach,
      ok ? 'ok' : 'FAILED',
    ]),
  ]);
}

export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
