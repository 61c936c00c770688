import type { Line } from '../judge.ts';
import type { Comparison } from '../load/compare.ts';
import type { Disconnects } from './disconnects.ts';
import type { Memory } from './memory.ts';
import type { PacedStreams } from './paced-streams.ts';
import type { TargetName } from './targets.ts';

// What must be reached, by experiment: the Speed table of the gateway's issue.

export type Compared = Comparison<TargetName>;

const allRight: Line<Compared> = {
  what: 'answers that were not right',
  measured: (of) => of('gateway').wrong,
  must: { atMost: 0 },
  unit: '',
};

export const jsonOneAtATime: Line<Compared>[] = [
  {
    what: 'p50 over direct, in what the bare proxy adds',
    measured: (of) => (of('gateway').p50Ms - of('direct').p50Ms) / (of('bare').p50Ms - of('direct').p50Ms),
    must: { atMost: 2 },
    unit: 'x',
  },
  {
    what: 'p99 over direct',
    measured: (of) => of('gateway').p99Ms - of('direct').p99Ms,
    must: { atMost: 6 },
    unit: 'ms',
  },
  allRight,
];

export const json32: Line<Compared>[] = [
  {
    what: 'requests a second, of the bare proxy',
    measured: (of) => of('gateway').perSecond / of('bare').perSecond,
    must: { atLeast: 0.45 },
    unit: 'x',
  },
  {
    what: 'requests a second, of Portkey',
    measured: (of) => of('gateway').perSecond / of('portkey').perSecond,
    must: { atLeast: 4 },
    unit: 'x',
  },
  {
    what: 'p99, of the bare proxy',
    measured: (of) => of('gateway').p99Ms / of('bare').p99Ms,
    must: { atMost: 2.5 },
    unit: 'x',
  },
  allRight,
];

export type Translation = Comparison<'translated' | 'untranslated'>;

export const translation: Line<Translation>[] = [
  {
    what: 'requests a second, of untranslated',
    measured: (of) => of('translated').perSecond / of('untranslated').perSecond,
    must: { atLeast: 0.7 },
    unit: 'x',
  },
  {
    what: 'answers without the right usage',
    measured: (of) => of('translated').wrong + of('untranslated').wrong,
    must: { atMost: 0 },
    unit: '',
  },
];

export const firstToken: Line<Compared>[] = [
  {
    what: 'added time to first token, p50',
    measured: (of) => of('gateway').firstTokenP50Ms - of('direct').firstTokenP50Ms,
    must: { atMost: 1 },
    unit: 'ms',
  },
  allRight,
];

export const stream32: Line<Compared>[] = [
  {
    what: 'streams a second, of the bare proxy',
    measured: (of) => of('gateway').perSecond / of('bare').perSecond,
    must: { atLeast: 0.45 },
    unit: 'x',
  },
  allRight,
];

export type Paced = { direct: PacedStreams; gateway: PacedStreams };

export const stream256: Line<Paced>[] = [
  { what: 'tokens lost', measured: ({ gateway }) => gateway.lost, must: { atMost: 0 }, unit: '' },
  {
    what: 'added gap between tokens, p99',
    measured: ({ gateway, direct }) => gateway.gapP99Ms - direct.gapP99Ms,
    must: { atMost: 5 },
    unit: 'ms',
  },
];

export const memory: Line<Memory>[] = [
  { what: 'resident memory', measured: ({ largestMb }) => largestMb, must: { atMost: 250 }, unit: 'MB' },
  { what: 'growth per 100,000 requests', measured: ({ growthMb }) => growthMb, must: { atMost: 1 }, unit: 'MB' },
];

export const disconnects: Line<Disconnects>[] = [
  { what: 'exits', measured: ({ exits }) => exits, must: { atMost: 0 }, unit: '' },
  { what: 'unhandled rejections', measured: (seen) => seen.unhandledRejections, must: { atMost: 0 }, unit: '' },
  { what: 'false refusals afterwards', measured: (seen) => seen.falselyRefused, must: { atMost: 0 }, unit: '' },
  { what: 'holds open afterwards', measured: (seen) => seen.holdsOpen, must: { atMost: 0 }, unit: '' },
];
