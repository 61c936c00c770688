import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../../infra/logger.ts';
import { usageKeys } from './hold.ts';
import type { Hold } from './hold.ts';
import { available } from './reservation.ts';
import type { ShardCalls } from './shard-calls.ts';
import { seldomSaid } from './usage-event.ts';
import type { Spent, UsageEvent } from './usage-event.ts';

/**
 * Charges what a call used, frees the rest of its hold and appends its usage event; once by request id.
 * @param settlement.spent null for a call that was not made: its hold is let go, and there is no event
 * @param settlement.expiredOwner leaves a hold alone while the lease of its owner runs
 * @returns whether this call did it; false means that it had been done before
 * @throws AppError `limits_unavailable` when Redis does not answer: nothing is known then, and asking again is safe
 */
export function settle(calls: ShardCalls, { hold, spent, expiredOwner = null }: Settlement): Promise<boolean> {
  const settled = calls.settle(usageKeys(hold.userId), {
    verb: 'settle',
    hold,
    tokens: spent ? spent.inputTokens + spent.outputTokens : 0,
    costNanos: spent?.costNanos ?? 0,
    event: spent && JSON.stringify(eventOf(hold, spent)),
    expiredOwner,
  });
  return available(settled);
}

export type Settlement = { hold: Hold; spent: Spent | null; expiredOwner?: string | null };

/** Settlements under way, and those that met an outage: tried again until they are done or the process is told to go. */
export function createSettlements({ attempt, logger }: { attempt: Attempt; logger: Logger }) {
  const running = new Set<Promise<void>>();
  const leaving = new AbortController();

  async function insist(settlement: Settlement, first: unknown): Promise<void> {
    let error = first;
    for (let round = 0; !leaving.signal.aborted; round++) {
      logger.warn({ err: error, requestId: settlement.hold.requestId, round }, 'a settlement waits for Redis');
      await delay(Math.min(100 * 2 ** round, 5_000), undefined, { signal: leaving.signal }).catch(() => undefined);
      try {
        await attempt(settlement);
        return;
      } catch (again) {
        error = again;
      }
    }
    logger.error({ err: error, ...settlement }, 'usage could not be recorded');
  }

  return {
    /** Sent at once, and again until it is known to be done. */
    add(settlement: Settlement, done: () => void = () => undefined): void {
      const ended = () => {
        running.delete(work);
        done();
      };
      const work = attempt(settlement).then(ended, (error: unknown) => insist(settlement, error).then(ended));
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

function eventOf({ requestId, userId, keyId, operation, model, reservedAtMs }: Hold, spent: Spent): UsageEvent {
  const event: UsageEvent = {
    requestId,
    userId,
    keyId,
    operation,
    requestedModel: model,
    createdAt: new Date(reservedAtMs).toISOString(),
    modelName: spent.modelName,
    modelId: spent.modelId,
    providerId: spent.providerId,
    inputTokens: spent.inputTokens,
    outputTokens: spent.outputTokens,
    costNanos: spent.costNanos,
    priceVersion: spent.priceVersion,
    success: spent.success,
    attempts: spent.attempts,
    latencyMs: spent.latencyMs,
  };
  for (const name of seldomSaid) if (spent[name]) Object.assign(event, { [name]: spent[name] });
  return event;
}
