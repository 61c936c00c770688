import type { Pace } from './comparisons.ts';
import type { MemoryPlan } from './memory.ts';

/** How much is measured. */
export type Size = { pace: Pace; pacedRounds: number; memory: MemoryPlan; disconnects: number };

export const full: Size = {
  pace: { rounds: 5, forMs: 3_000 },
  pacedRounds: 3,
  memory: { requests: 100_000, legs: 2 },
  disconnects: 10_000,
};

export const quick: Size = {
  pace: { rounds: 3, forMs: 1_000 },
  pacedRounds: 1,
  memory: { requests: 10_000, legs: 2 },
  disconnects: 1_000,
};
