import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../../infra/logger.ts';
import type { RunCall } from './call-batch.ts';
import { scopesOf, usageKeys } from './hold.ts';
import type { Hold } from './hold.ts';
import { available } from './reservation.ts';
import type { Spent, UsageEvent } from './usage-event.ts';

/**
 * Charges what a call used, frees the rest of its hold and appends its usage event; once by request id.
 * @param which `expired` leaves a hold alone whose lease runs
 * @returns whether this call did it; false means that it had been done before
 * @throws AppError `limits_unavailable` when Redis does not answer: nothing is known then, and asking again is safe
 */
export async function settle(run: RunCall, { hold, spent, which = 'any' }: Settlement): Promise<boolean> {
  const keys = usageKeys(hold.userId);
  const { requestId, tokens, costNanos, minute, periods } = hold;
  const counters = scopesOf(hold).map((scope) => scope.counters);
  const reply = await available(
    run({
      verb: 'settle',
      keys: [keys.holds, keys.leases, keys.settled(requestId), keys.events, ...counters],
      args: [
        requestId,
        tokens,
        costNanos,
        minute,
        periods.day,
        periods.week,
        periods.month,
        spent.inputTokens + spent.outputTokens,
        spent.costNanos,
        JSON.stringify(eventOf(hold, spent)),
        hold.durable ? DURABLE_MARKER_SECONDS : MARKER_SECONDS,
        which,
      ],
    }),
  );
  return reply === 1;
}

export type Settlement = { hold: Hold; spent: Spent; which?: 'any' | 'expired' };

/** Settlements under way, and those that met an outage: tried again until they are done or the process is told to go. */
export function createSettlements({ attempt, logger }: { attempt: Attempt; logger: Logger }) {
  const running = new Set<Promise<void>>();
  const leaving = new AbortController();

  async function insist(settlement: Settlement): Promise<void> {
    for (let round = 0; ; round++) {
      try {
        await attempt(settlement);
        return;
      } catch (error) {
        logger.warn({ err: error, requestId: settlement.hold.requestId, round }, 'a settlement waits for Redis');
        if (leaving.signal.aborted) throw error;
        await delay(Math.min(100 * 2 ** round, 5_000), undefined, { signal: leaving.signal }).catch(() => undefined);
      }
    }
  }

  return {
    /** Sent at once, and again until it is known to be done. */
    add(settlement: Settlement): void {
      const work = insist(settlement)
        .catch((error: unknown) => logger.error({ err: error, ...settlement }, 'usage could not be recorded'))
        .finally(() => running.delete(work));
      running.add(work);
    },
    /** Tries all once more and waits for the outcome; what still fails is written to the log in full. */
    async drain(): Promise<void> {
      leaving.abort();
      await Promise.all(running);
    },
  };
}

type Attempt = (settlement: Settlement) => Promise<unknown>;

/** The marker outlives any retry: of this process, and of a workflow's activity. */
const MARKER_SECONDS = 3_600;
const DURABLE_MARKER_SECONDS = 2 * 86_400;

function eventOf({ requestId, userId, keyId, operation, model, reservedAtMs }: Hold, spent: Spent): UsageEvent {
  const createdAt = new Date(reservedAtMs).toISOString();
  return { requestId, userId, keyId, operation, requestedModel: model, createdAt, ...spent };
}
