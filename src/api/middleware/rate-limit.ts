import type { Redis } from 'ioredis';
import { AppError } from '../../errors.ts';

export type RateLimit = (address: string) => Promise<void>;

/**
 * Counts requests per address and minute, over all processes.
 * @throws AppError `limit_exceeded` with `retry_after_seconds`
 * @throws AppError `limits_unavailable` when Redis does not answer: guessing passwords is never unlimited
 */
export function createRateLimit(parts: { redis: Redis; perMinute: number; now: () => Date }): RateLimit {
  const { redis, perMinute, now } = parts;
  return async (address) => {
    const at = now().getTime();
    const key = `rate:auth:${address}:${Math.floor(at / MINUTE_MS)}`;
    const answers = await redis.multi().incr(key).pexpire(key, MINUTE_MS).exec().catch(refuse);
    if (Number(answers?.[0]?.[1]) <= perMinute) return;
    const seconds = Math.ceil((MINUTE_MS - (at % MINUTE_MS)) / 1000);
    throw new AppError('limit_exceeded', 'Too many requests from this address.', {
      details: { limit: perMinute, retry_after_seconds: seconds },
    });
  };
}

const MINUTE_MS = 60_000;

function refuse(cause: unknown): never {
  throw new AppError('limits_unavailable', 'Requests cannot be counted just now.', { cause });
}
