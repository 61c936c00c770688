import type { Relay } from '../streams/relay.ts';
import type { Reply } from './operation.ts';

/**
 * Waits for the first event of an upstream's stream: until it has come, nothing has gone out and another deployment may
 * still be tried.
 * @throws UpstreamBroke when it fails before that
 */
export async function openStream(body: AsyncIterable<Uint8Array>, relay: Relay): Promise<Reply> {
  const rest = body[Symbol.asyncIterator]();
  let head = '';
  try {
    while (!relay.started()) {
      const { value, done } = await rest.next();
      if (done)
        relay.end(); // throws: it has not begun
      else head += relay.push(value);
    }
  } catch (error) {
    await rest.return?.().catch(() => undefined);
    throw error;
  }
  return { kind: 'stream', stream: { relay, head, rest } };
}
