import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';

/** Runs a Lua script atomically on the server that holds `keys`. What it answers is for the caller to parse. */
export type RedisScript = (redis: Redis, keys: string[], args: (string | number)[]) => Promise<unknown>;

/** Several files are joined in order, so that scripts can share functions. The text is sent once per server, then its hash. */
export function createRedisScript(...files: URL[]): RedisScript {
  const text = files.map((file) => readFileSync(file, 'utf8')).join('\n');
  const sha = createHash('sha1').update(text).digest('hex');
  return async (redis, keys, args) => {
    try {
      return await redis.evalsha(sha, keys.length, ...keys, ...args);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return redis.eval(text, keys.length, ...keys, ...args);
    }
  };
}
