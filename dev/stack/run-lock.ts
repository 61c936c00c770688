import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { createServer } from 'node:net';

/**
 * One run per data folder. The lock is an abstract socket: the kernel frees it with its process, so it is never stale.
 * @returns the release, or undefined when another process holds the lock
 */
export async function holdLock(dir: string): Promise<(() => void) | undefined> {
  const name = createHash('sha256').update(realpathSync(dir)).digest('hex');
  const server = createServer();
  const held = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(`\0ai-creator-cloud-${name}`, () => resolve(true));
  });
  server.unref();
  return held ? () => void server.close() : undefined;
}
