import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { Logger } from '../../../infra/logger.ts';
import { createRedisScript } from '../../../infra/redis-script.ts';
import type { HealthNews } from './health-news.ts';

/** Leave to make one call, to be given back with how it ended. */
export type Pass = { modelId: string; probe: string | null };
/** `released`: it says nothing about the upstream, because the caller was at fault, or has gone. */
export type CallEnd = { how: 'succeeded' | 'released' } | { how: 'failed'; why: string };

export type Transition = { at: Date; from: BreakerState; to: BreakerState; why: string };
const breakerStates = ['closed', 'open', 'half-open'] as const;
export type BreakerState = (typeof breakerStates)[number];

export type BreakerOptions = {
  redis: Redis;
  news: HealthNews;
  logger: Logger;
  /** Consecutive failures, over all processes, that open it. */
  failures: number;
  coolDownMs: number;
  /** How long a probe may take before another may be made. */
  probeLeaseMs: number;
};

export type Breaker = ReturnType<typeof createBreaker>;

/**
 * One circuit breaker per deployment, in Redis, and a picture of it in this process: while it is closed a call asks
 * nobody. Failures are told at once, successes a few times a second. While Redis is away everything is let through:
 * reservations refuse then.
 */
export function createBreaker({ redis, news, logger, failures, coolDownMs, probeLeaseMs }: BreakerOptions) {
  const successes = new Map<string, number>();
  let reporting: NodeJS.Timeout | undefined;

  async function run(verb: Verb, { modelId, pass = '', why = '' }: Told): Promise<[string, number]> {
    const well = verb === 'failed' || verb === 'report' ? takeSuccesses(modelId) : 0;
    const limits = [failures, RATIO_PERCENT, RATIO_LEAST_CALLS, RATIO_WINDOW_MS, coolDownMs, probeLeaseMs];
    const args = [verb, modelId, pass, news.channel, ...limits, well, why];
    const reply = await breakerScript(redis, [stateKey(modelId), transitionsKey(modelId)], args);
    const [state, shutMs] = replySchema.parse(reply);
    news.note(modelId, shutMs);
    return [state, shutMs];
  }

  function takeSuccesses(modelId: string): number {
    const count = successes.get(modelId) ?? 0;
    successes.delete(modelId);
    return count;
  }

  const tell = (verb: Verb, told: Told) =>
    run(verb, told).then(
      () => undefined,
      (error: unknown) => logger.warn({ err: error, ...told }, 'a breaker was not told'),
    );

  async function ask(modelId: string): Promise<Pass | null> {
    const pass = randomUUID();
    try {
      const [state] = await run('enter', { modelId, pass, why: 'the cool-down is over' });
      if (state === 'open') return null;
      return { modelId, probe: state === 'probe' ? pass : null };
    } catch (error) {
      logger.warn({ err: error, modelId }, 'a breaker could not be asked');
      return { modelId, probe: null };
    }
  }

  function succeeded(modelId: string): void {
    successes.set(modelId, (successes.get(modelId) ?? 0) + 1);
    reporting ??= setTimeout(() => {
      reporting = undefined;
      for (const id of successes.keys()) void tell('report', { modelId: id });
    }, REPORT_AFTER_MS).unref();
  }

  return {
    /**
     * At once when this process knows the breaker.
     * @returns null when the deployment is resting, or is being probed by somebody else
     */
    enter(modelId: string): Pass | null | Promise<Pass | null> {
      const known = news.shut(modelId);
      if (known === 'open') return null;
      return known === 'closed' ? { modelId, probe: null } : ask(modelId);
    },
    leave({ modelId, probe }: Pass, end: CallEnd): void {
      const pass = probe ?? '';
      if (end.how === 'failed') void tell('failed', { modelId, pass, why: end.why });
      else if (probe !== null) void tell(end.how, { modelId, pass, why: `the probe ${end.how}` });
      else if (end.how === 'succeeded') succeeded(modelId);
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
    close(): void {
      clearTimeout(reporting);
    },
  };
}

type Verb = 'enter' | 'report' | 'failed' | 'succeeded' | 'released';
type Told = { modelId: string; pass?: string; why?: string };

/** Beside consecutive failures: half of at least twenty calls within ten seconds. */
const RATIO_PERCENT = 50;
const RATIO_LEAST_CALLS = 20;
const RATIO_WINDOW_MS = 10_000;
const REPORT_AFTER_MS = 200;

const replySchema = z.tuple([z.string(), z.number()]);
const stateKey = (modelId: string) => `{breaker:${modelId}}`;
const transitionsKey = (modelId: string) => `{breaker:${modelId}}:transitions`;
const breakerScript = createRedisScript(new URL('breaker.lua', import.meta.url));

function toTransition([id, [, from, , to, , why = '']]: [id: string, fields: string[]]): Transition {
  const state = z.enum(breakerStates);
  return { at: new Date(Number.parseInt(id, 10)), from: state.parse(from), to: state.parse(to), why };
}
