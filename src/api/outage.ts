/**
 * Whether an error says that a store or Temporal could not be reached, whichever client reports it: by the code of
 * Node's sockets, of Postgres (SQLSTATE class 57P) or of gRPC (14), anywhere in the chain of causes.
 */
export function outage(error: unknown): boolean {
  for (let link: unknown = error, depth = 0; link instanceof Error && depth < 5; link = link.cause, depth += 1) {
    if ('code' in link && codes.has(link.code)) return true;
    if (redisMessages.test(link.message)) return true;
  }
  return false;
}

const codes = new Set<unknown>(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', '57P01', '57P02', '57P03', 14]);
/** ioredis has no codes for these. */
const redisMessages = /^(Connection is closed|Stream isn't writeable|Command timed out|Reached the max retries)/;
