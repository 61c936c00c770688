import { compare } from '../load/compare.ts';
import type { Contestant, Figures } from '../load/compare.ts';
import type { Question } from '../load/request-template.ts';
import type { TargetName, Targets } from './targets.ts';

/** How many rounds, and how long each target has in one. */
export type Pace = { rounds: number; forMs: number };
export type Asked = Pace & { question: Question; connections: number };

/** One question to every target. */
export function everyTarget(targets: Targets, { question, ...rounds }: Asked): Promise<Map<TargetName, Figures>> {
  return compare(
    names.map((name) => ({ name, target: targets[name], question })),
    rounds,
  );
}

const names: readonly TargetName[] = ['direct', 'bare', 'portkey', 'gateway'];

/** One provider through the gateway, asked in its own format and in the other one. */
export function bothFormats(
  { gateway }: Targets,
  { translated, untranslated, ...pace }: Pace & { translated: Question; untranslated: Question },
): Promise<Map<'translated' | 'untranslated', Figures>> {
  const contestants: Contestant<'translated' | 'untranslated'>[] = [
    { name: 'untranslated', target: gateway, question: untranslated },
    { name: 'translated', target: gateway, question: translated },
  ];
  return compare(contestants, { ...pace, connections: 32 });
}
