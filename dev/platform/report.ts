import { AppError } from '../../src/errors.ts';
import { driftedPart } from './check.ts';
import type { Checked } from './check.ts';

/** What was seen, in lines for a terminal. */
export function reportOf(name: string, { steps, parts, notMet, hasDrifted }: Checked): string {
  const lines = parts.map(({ name: part, matched, dead }) => {
    const state = matched.length === 0 ? 'GONE' : dead.length > 0 ? 'weak' : 'ok';
    const candidates = [...matched.map((css) => `  + ${css}`), ...dead.map((css) => `  - ${css}`)];
    return [`${state.padEnd(5)} ${part}`, ...(state === 'ok' ? [] : candidates)].join('\n');
  });
  const ran = steps.map((step) => {
    if (!step.error) return `ok    ${step.name}`;
    const drifted = driftedPart(step);
    const code = step.error instanceof AppError ? step.error.code : 'error';
    return drifted === null
      ? `FAIL  ${step.name}: ${code}: ${step.error.message}`
      : `DRIFT ${step.name}: no "${drifted}" in the page`;
  });
  const never = notMet.length === 0 ? [] : [`not looked for in this run: ${notMet.join(', ')}`];
  const end = hasDrifted ? `${name} has drifted, or could not be checked.` : `${name} is as its adapter knows it.`;
  return [...lines, ...never, '', ...ran, '', end].join('\n');
}
