import type { Redis } from 'ioredis';
import { createRedisScript } from '../../infra/redis-script.ts';
import { periodNames } from './periods.ts';
import type { PeriodName } from './periods.ts';
import { available } from './reservation.ts';

/** What one scope has used of the periods that it was last charged in, with what is held, and how many holds live. */
export type Counters = Standings & {
  /** The fields as `shared.lua` keeps them, for a repair that must not undo what came since. */
  seen: readonly (string | number)[];
};

export type Standings = { running: number; periods: Record<PeriodName, PeriodCounter> };

/** `key` is empty before the first call. */
export type PeriodCounter = { key: string; tokens: number; costNanos: number };

/**
 * Reads the counters of scopes that share a hash tag.
 * @throws AppError `limits_unavailable`
 */
export async function readCounters(redis: Redis, scopes: string[]): Promise<Counters[]> {
  if (scopes.length === 0) return [];
  const reply = await available(countersScript(redis, scopes, []));
  return (Array.isArray(reply) ? reply : []).map(countersOf);
}

/**
 * Sets the counters of a scope to what is right, if they are still as they were seen.
 * @returns whether they were
 * @throws AppError `limits_unavailable`
 */
export async function repairCounters(redis: Redis, { scope, seen, right }: Repair): Promise<boolean> {
  const periods = periodNames.map((name) => right.periods[name]);
  const fields = periods.flatMap(({ key, tokens, costNanos }) => [key, tokens, costNanos]);
  return (await available(repairScript(redis, [scope], [...seen, right.running, ...fields]))) === 1;
}

export type Repair = { scope: string; seen: Counters['seen']; right: Standings };

const shared = new URL('shared.lua', import.meta.url);
const countersScript = createRedisScript(shared, new URL('counters.lua', import.meta.url));
const repairScript = createRedisScript(shared, new URL('repair.lua', import.meta.url));

function countersOf(reply: unknown): Counters {
  const seen = Array.isArray(reply) ? reply.filter(isField) : [];
  const period = (at: number): PeriodCounter => ({
    key: String(seen[at] ?? ''),
    tokens: Number(seen[at + 1] ?? 0),
    costNanos: Number(seen[at + 2] ?? 0),
  });
  return { running: Number(seen[0] ?? 0), periods: { day: period(6), week: period(9), month: period(12) }, seen };
}

const isField = (value: unknown) => typeof value === 'string' || typeof value === 'number';
