import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { Logger } from '../../infra/logger.ts';
import { createRedisScript } from '../../infra/redis-script.ts';

/** Leave to make one call, to be given back with how it ended. */
export type Pass = { modelId: string; id: string };
export type CallEnd = 'succeeded' | 'failed' | 'released';

export type Transition = { at: Date; from: BreakerState; to: BreakerState };
const breakerStates = ['closed', 'open', 'half-open'] as const;
export type BreakerState = (typeof breakerStates)[number];

export type BreakerOptions = {
  redis: Redis;
  logger: Logger;
  /** Consecutive failures, over all processes, that open it. */
  failures: number;
  coolDownMs: number;
  /** How long a probe may take before another may be made. */
  probeLeaseMs: number;
};

export type Breaker = ReturnType<typeof createBreaker>;

/**
 * One circuit breaker per deployment, in Redis. While Redis is away it lets everything through: reservations refuse then.
 * Who calls decides what is a failure; what the caller of the proxy did wrong must be `released`.
 */
export function createBreaker({ redis, logger, failures, coolDownMs, probeLeaseMs }: BreakerOptions) {
  const run = (verb: 'enter' | CallEnd, { modelId, id }: Pass) =>
    breakerScript(redis, [stateKey(modelId), transitionsKey(modelId)], [verb, id, failures, coolDownMs, probeLeaseMs]);

  return {
    /** @returns null when the deployment is resting, or is being probed by somebody else */
    async enter(modelId: string): Promise<Pass | null> {
      const pass = { modelId, id: randomUUID() };
      try {
        return (await run('enter', pass)) === 'refused' ? null : pass;
      } catch (error) {
        logger.warn({ err: error, modelId }, 'a breaker could not be asked');
        return pass;
      }
    },
    async leave(pass: Pass, end: CallEnd): Promise<void> {
      await run(end, pass).catch((error: unknown) => logger.warn({ err: error, ...pass }, 'a breaker was not told'));
    },
    async state(modelId: string): Promise<BreakerState> {
      const [openUntil, probe] = await redis.hmget(stateKey(modelId), 'open_until', 'probe');
      if (!openUntil) return 'closed';
      return probe ? 'half-open' : 'open';
    },
    /** The last two hundred or so, oldest first. */
    async transitions(modelId: string): Promise<Transition[]> {
      return (await redis.xrange(transitionsKey(modelId), '-', '+')).map(toTransition);
    },
  };
}

const stateKey = (modelId: string) => `{breaker:${modelId}}`;
const transitionsKey = (modelId: string) => `{breaker:${modelId}}:transitions`;
const breakerScript = createRedisScript(new URL('breaker.lua', import.meta.url));

function toTransition([id, [, from, , to]]: [id: string, fields: string[]]): Transition {
  const state = z.enum(breakerStates);
  return { at: new Date(Number.parseInt(id, 10)), from: state.parse(from), to: state.parse(to) };
}
