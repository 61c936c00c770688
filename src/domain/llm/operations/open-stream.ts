import type { Relay } from '../streams/relay.ts';
import type { UpstreamBody } from '../upstream/body.ts';
import type { Reply } from './operation.ts';

/**
 * Waits for the first event of an upstream's stream: until it has come, nothing has gone out and another deployment may
 * still be tried.
 * @throws UpstreamBroke when it fails before that
 */
export function openStream(body: UpstreamBody, relay: Relay): Promise<Reply> {
  let head = '';
  return new Promise((resolve, reject) => {
    body.read({
      data(bytes) {
        try {
          head += relay.push(bytes);
        } catch (error) {
          body.read(null);
          body.cut();
          reject(error);
          return;
        }
        if (!relay.started()) return;
        body.read(null);
        resolve({ kind: 'stream', stream: { relay, head, rest: body } });
      },
      end(error) {
        try {
          if (error) throw error;
          relay.end(); // throws: it has not begun
        } catch (broken) {
          reject(broken);
        }
      },
    });
  });
}
