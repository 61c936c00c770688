import { setTimeout as sleep } from 'node:timers/promises';
import { closedLoop } from '../load/closed-loop.ts';
import type { ServedTarget } from '../load/compare.ts';
import { peakResidentMb, quiet, residentMb } from '../process-stats.ts';
import { chatJson, chatStream } from './questions.ts';

/** In resident megabytes; `beforeMb` is before the first of these requests. */
export type Memory = { beforeMb: number; largestMb: number; peakMb: number; growthMb: number; floorsMb: number[] };

/**
 * Resident memory over many requests, of which a part streams. The heap breathes, so a leg's floor is what counts: the
 * least that it took while it worked and after it.
 * @returns `growthMb` per 100,000 requests after the warm-up
 */
export async function memory(gateway: ServedTarget, { requests, legs }: MemoryPlan): Promise<Memory> {
  const beforeMb = residentMb(gateway.pid);
  await leg(gateway, requests);
  const floorsMb: number[] = [];
  let largestMb = 0;
  for (let number = 0; number <= legs; number += 1) {
    const samples = await leg(gateway, requests);
    floorsMb.push(Math.min(...samples));
    largestMb = Math.max(largestMb, ...samples);
  }
  const grown = (floorsMb.at(-1) ?? Number.NaN) - (floorsMb[0] ?? Number.NaN);
  const growthMb = (grown / (legs * requests)) * 100_000;
  return { beforeMb, largestMb, peakMb: peakResidentMb(gateway.pid), growthMb, floorsMb };
}

export type MemoryPlan = {
  /** Of one leg; the first leg warms up. */
  requests: number;
  legs: number;
};

/** @returns samples of the resident megabytes */
async function leg(gateway: ServedTarget, requests: number): Promise<number[]> {
  const samples: number[] = [];
  const sampling = setInterval(() => samples.push(residentMb(gateway.pid)), SAMPLE_MS);
  await closedLoop(gateway, chatJson('fixed'), { connections: 32, requests: Math.round(requests * JSON_SHARE) });
  await closedLoop(gateway, chatStream('fixed'), {
    connections: 32,
    requests: Math.round(requests * (1 - JSON_SHARE)),
  });
  await quiet(gateway.pid);
  await sleep(IDLE_MS); // V8 gives memory back when nothing happens
  clearInterval(sampling);
  return samples;
}

const SAMPLE_MS = 100;
const IDLE_MS = 2_000;
const JSON_SHARE = 0.9;
