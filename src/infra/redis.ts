import { Redis } from 'ioredis';

/**
 * A connection whose commands fail at once while the server is away: a caller that must not wait (a reservation) would
 * rather refuse. Reconnects by itself.
 */
export function openRedis({ url, prefix }: { url: string; prefix: string }): Redis {
  return new Redis(url, {
    keyPrefix: prefix,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 5_000,
    commandTimeout: 5_000,
    retryStrategy: (times) => Math.min(times * 100, 2_000),
    lazyConnect: true,
  });
}

/** A connection for blocking reads and subscriptions: waits out an outage instead of failing. */
export function openBlockingRedis({ url, prefix }: { url: string; prefix: string }): Redis {
  return new Redis(url, {
    keyPrefix: prefix,
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(times * 100, 2_000),
    lazyConnect: true,
  });
}
