import type { Finding } from './benchmark.ts';

/** One thing that an experiment must reach. Ratios are of one run. */
export type Line<M> = {
  what: string;
  measured: (measured: M) => number;
  must: { atMost: number } | { atLeast: number };
  unit: 'x' | 'ms' | 's' | 'MB' | '';
};

/** @param line the experiment's name */
export const judge = <M>(line: string, lines: readonly Line<M>[], measured: M): Finding[] =>
  lines.map(({ what, unit, must, ...asked }) => {
    const value = asked.measured(measured);
    const ok = 'atMost' in must ? value <= must.atMost : value >= must.atLeast;
    const mustReach = 'atMost' in must ? `≤ ${shown(must.atMost, unit)}` : `≥ ${shown(must.atLeast, unit)}`;
    return { line, what, measured: shown(value, unit, 3), mustReach, ok };
  });

/** An experiment that could not be done has failed every line of it. */
export const notMeasured = (line: string, lines: readonly Line<never>[], error: unknown): Finding[] =>
  lines.map(({ what, unit, must }) => ({
    line,
    what,
    measured: error instanceof Error ? (error.message.split('\n')[0] ?? '').slice(0, 60) : 'not measured',
    mustReach: 'atMost' in must ? `≤ ${shown(must.atMost, unit)}` : `≥ ${shown(must.atLeast, unit)}`,
    ok: false,
  }));

const shown = (value: number, unit: string, digits?: number): string =>
  `${digits === undefined || Number.isInteger(value) ? value : value.toFixed(digits)} ${unit}`.trimEnd();
