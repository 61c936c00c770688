import { median } from '../percentile.ts';
import { cpuMs, quiet } from '../process-stats.ts';
import { closedLoop } from './closed-loop.ts';
import type { Sample } from './closed-loop.ts';
import type { Question, Target } from './request-template.ts';

/** Somebody who is compared: who is asked, and what. */
export type Contestant<Name extends string> = { name: Name; target: ServedTarget; question: Question };
export type ServedTarget = Target & { pid: number };

export type Rounds = { rounds: number; forMs: number; connections: number };

/** Medians of the rounds; answers are counted over all of them. `cpuMicros` is the target's own CPU time an answer. */
export type Figures = Sample & { cpuMicros: number };
export type Comparison<Name extends string> = (name: Name) => Figures;

/** The contestants take turns round by round, so that a slow moment of the machine meets all of them. */
export async function compare<Name extends string>(
  contestants: readonly Contestant<Name>[],
  { rounds, ...load }: Rounds,
): Promise<Map<Name, Figures>> {
  const turns = new Map(contestants.map(({ name }) => [name, new Array<Figures>()]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const contestant of contestants) {
      const figures = await turn(contestant, load);
      if (round > 0) turns.get(contestant.name)?.push(figures); // the first one warms up
    }
  }
  return new Map([...turns].map(([name, figures]) => [name, middle(figures)]));
}

/** @throws Error for somebody who was not measured */
export const comparisonOf =
  <Name extends string>(figures: ReadonlyMap<Name, Figures>): Comparison<Name> =>
  (name) => {
    const found = figures.get(name);
    if (!found) throw new Error(`${name} was not measured.`);
    return found;
  };

async function turn({ target, question }: Contestant<string>, load: Omit<Rounds, 'rounds'>): Promise<Figures> {
  const cpuBefore = cpuMs(target.pid);
  const sample = await closedLoop(target, question, load);
  await quiet(target.pid); // what it does after its answers belongs to its own turn
  return { ...sample, cpuMicros: ((cpuMs(target.pid) - cpuBefore) * 1_000) / sample.answers };
}

function middle(turns: readonly Figures[]): Figures {
  const of = (figure: keyof Figures) => median(turns.map((turned) => turned[figure]));
  const sum = (figure: keyof Figures) => turns.reduce((all, turned) => all + turned[figure], 0);
  return {
    answers: sum('answers'),
    wrong: sum('wrong'),
    perSecond: of('perSecond'),
    p50Ms: of('p50Ms'),
    p99Ms: of('p99Ms'),
    firstTokenP50Ms: of('firstTokenP50Ms'),
    cpuMicros: of('cpuMicros'),
  };
}
