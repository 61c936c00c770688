import type { IncomingHttpHeaders } from 'node:http';

/**
 * How long a client will wait, in ms from now, as it says itself; null when it does not. The official SDKs send their
 * timeout as `x-stainless-timeout` in seconds; everybody else may send `x-request-timeout-ms`.
 */
export function clientDeadlineMs(headers: IncomingHttpHeaders): number | null {
  const ms = Number(headers['x-request-timeout-ms'] ?? Number.NaN);
  if (ms > 0) return Math.ceil(ms);
  const seconds = Number(headers['x-stainless-timeout'] ?? Number.NaN);
  return seconds > 0 ? Math.ceil(seconds * 1000) : null;
}
