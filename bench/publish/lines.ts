import type { Line } from '../judge.ts';
import type { DueTogether } from './due-together.ts';
import type { Growth } from './growth.ts';
import type { Punctuality } from './punctuality.ts';
import type { SessionMemory } from './session-memory.ts';
import type { Throughput } from './throughput.ts';

// What must be reached, by experiment: the Speed table of the publishing issue.

export const throughput: Line<Throughput>[] = [
  {
    what: 'publications an hour, of the bare script',
    measured: ({ ours, bare }) => ours.perHour / bare.perHour,
    must: { atLeast: 1 },
    unit: 'x',
  },
  {
    what: 'events in the history of a publication',
    measured: ({ mostEvents }) => mostEvents,
    must: { atMost: 60 },
    unit: '',
  },
];

export const punctuality: Line<Punctuality>[] = [
  { what: 'from due to the click, p50', measured: ({ p50Ms }) => p50Ms / 1_000, must: { atMost: 2 }, unit: 's' },
];

export const sessions: Line<SessionMemory>[] = [
  { what: 'logged-in sessions per GB, just used', measured: ({ busy }) => busy.perGb, must: { atLeast: 7 }, unit: '' },
  { what: 'the same, at rest', measured: ({ resting }) => resting.perGb, must: { atLeast: 7 }, unit: '' },
];

export const growth: Line<Growth>[] = [
  {
    what: 'memory, of that of early',
    measured: ({ lateMb, earlyMb }) => lateMb / earlyMb,
    must: { atMost: 1.2 },
    unit: 'x',
  },
];

export const dueTogether: Line<DueTogether>[] = [
  {
    what: 'wakes a second, of bare timers',
    measured: ({ publish, bare }) => publish.perSecond / bare.perSecond,
    must: { atLeast: 0.7 },
    unit: 'x',
  },
];
