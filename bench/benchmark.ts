import type { Run } from '../dev/stack/index.ts';

/** A benchmark compares targets in one run; only the ratios between them are to be quoted, as machines differ. */
export type Benchmark = {
  name: string;
  /** What is compared with what, in one sentence. */
  question: string;
  run(bench: Bench): Promise<Measurement[]>;
};

export type Bench = { run: Run; env: Record<string, string> };

export type Measurement = {
  case: string;
  target: string;
  requestsPerSecond: number;
  p50Ms: number;
  p95Ms: number;
  /** Throughput as a share of the case's first target. */
  ratio: number;
};

export function table(measurements: readonly Measurement[]): string {
  const rows = measurements.map((row) => [
    row.case,
    row.target,
    row.requestsPerSecond.toFixed(0),
    row.p50Ms.toFixed(2),
    row.p95Ms.toFixed(2),
    row.ratio.toFixed(3),
  ]);
  const all = [['case', 'target', 'req/s', 'p50 ms', 'p95 ms', 'ratio'], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  return all.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')).join('\n');
}
