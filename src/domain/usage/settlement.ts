import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { Logger } from '../../infra/logger.ts';
import { createRedisScript } from '../../infra/redis-script.ts';
import { scopesOf, usageKeys } from './hold.ts';
import type { Hold } from './hold.ts';
import { available } from './reservation.ts';
import type { Spent, UsageEvent } from './usage-event.ts';

/**
 * Charges what a call used, frees the rest of its hold and appends its usage event; once by request id.
 * @returns whether this call did it; false means that it had been done before
 * @throws AppError `limits_unavailable` when Redis does not answer: nothing is known then, and asking again is safe
 */
export async function settle(redis: Redis, hold: Hold, spent: Spent): Promise<boolean> {
  const keys = usageKeys(hold.userId);
  const reply = await available(
    settleScript(
      redis,
      [keys.holds, keys.settled(hold.requestId), keys.events, ...scopesOf(hold).flatMap((scope) => scope.keys)],
      [
        hold.requestId,
        spent.inputTokens + spent.outputTokens,
        spent.costNanos,
        JSON.stringify(eventOf(hold, spent)),
        keepSeconds.marker,
        keepSeconds.day,
        keepSeconds.week,
        keepSeconds.month,
      ],
    ),
  );
  return reply === 1;
}

/** Settlements that met an outage of Redis: tried again until they are done or the process is told to go. */
export function createOverdue({ attempt, logger }: { attempt: Attempt; logger: Logger }) {
  const running = new Set<Promise<void>>();
  const leaving = new AbortController();

  async function insist(hold: Hold, spent: Spent): Promise<void> {
    for (let round = 0; ; round++) {
      try {
        await attempt(hold, spent);
        return;
      } catch (error) {
        logger.warn({ err: error, requestId: hold.requestId, round }, 'a settlement waits for Redis');
        if (leaving.signal.aborted) throw error;
        await delay(Math.min(100 * 2 ** round, 5_000), undefined, { signal: leaving.signal }).catch(() => undefined);
      }
    }
  }

  return {
    add(hold: Hold, spent: Spent): void {
      const work = insist(hold, spent)
        .catch((error: unknown) => logger.error({ err: error, hold, spent }, 'usage could not be recorded'))
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

type Attempt = (hold: Hold, spent: Spent) => Promise<unknown>;

const settleScript = createRedisScript(new URL('shared.lua', import.meta.url), new URL('settle.lua', import.meta.url));

const DAY_SECONDS = 86_400;
/** The marker outlives any retry; counters outlive their period by more than the longest call. */
const keepSeconds = {
  marker: 2 * DAY_SECONDS,
  day: 4 * DAY_SECONDS,
  week: 10 * DAY_SECONDS,
  month: 34 * DAY_SECONDS,
} as const;

function eventOf({ requestId, userId, keyId, reservedAtMs }: Hold, spent: Spent): UsageEvent {
  return { requestId, userId, keyId, createdAt: new Date(reservedAtMs).toISOString(), ...spent };
}
