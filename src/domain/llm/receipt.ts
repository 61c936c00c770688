import type { AttemptTrail } from '../../entities/usage-record.ts';
import type { LimitName, Reservation } from '../usage/usage.ts';
import { limitNames } from '../usage/usage.ts';
import type { Deployment } from './catalog-snapshot.ts';

/** What a client is told beside its answer. */
export type Receipt = {
  requestId: string;
  model: string;
  provider: string;
  attempts: number;
  /** Null for a stream: it is known at its end. */
  costNanos: number | null;
  priceVersion: number;
  /** What is left of each limit of the caller, where the least is left; with this call at its worst case. */
  remaining: Partial<Record<LimitName, Remaining>>;
};

export type Remaining = { limit: number; remaining: number };

export function receiptOf(run: Served, { deployment, costNanos }: Answer): Receipt {
  const { name, provider, priceVersion } = deployment;
  return {
    requestId: run.requestId,
    model: name,
    provider: provider.id,
    attempts: run.attempts.length,
    costNanos,
    priceVersion,
    remaining: remainingOf(run.reservation),
  };
}

type Served = { requestId: string; attempts: readonly AttemptTrail[]; reservation: Reservation };
type Answer = { deployment: Deployment; costNanos: number | null };

/** Calls that were held in one moment share their standing. */
const remainders = new WeakMap<Reservation['standing'], Receipt['remaining']>();

function remainingOf({ standing }: Reservation): Receipt['remaining'] {
  const known = remainders.get(standing);
  if (known) return known;
  const remaining = leastOf(standing);
  remainders.set(standing, remaining);
  return remaining;
}

function leastOf(standing: Reservation['standing']): Receipt['remaining'] {
  const least: Receipt['remaining'] = {};
  for (const { limits, used } of standing) {
    for (const [at, name] of limitNames.entries()) {
      const limit = limits[name];
      if (limit === null) continue;
      const remaining = Math.max(0, limit - (used[at] ?? 0));
      if (remaining < (least[name]?.remaining ?? Infinity)) least[name] = { limit, remaining };
    }
  }
  return least;
}
