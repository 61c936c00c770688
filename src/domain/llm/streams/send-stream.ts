import type { UpstreamStream } from '../operations/operation.ts';

export type SendOptions = {
  stream: UpstreamStream;
  /** Aborts when the client has gone. */
  signal: AbortSignal;
  whenClientLeaves: 'cancel' | 'drain';
  /** Ends the upstream's connection. */
  cut: () => void;
  /** Called once, before the last text goes out: `complete`, `broken` by the upstream, or `left` by the client. */
  ended: (how: 'complete' | 'broken' | 'left') => void;
};

/**
 * Passes a started stream on, at the pace at which it is read. When it breaks, the client gets an error event of its format
 * and the end: text that has gone out cannot be taken back, so nothing is tried again.
 */
export function sendStream({ stream, signal, whenClientLeaves, cut, ended }: SendOptions): AsyncIterable<string> {
  const { relay, rest, head } = stream;
  let isEnded = false;
  let draining: Promise<void> | undefined;

  function end(how: 'complete' | 'broken' | 'left'): void {
    if (isEnded) return;
    isEnded = true;
    ended(how);
  }

  // A client that goes before it has read anything never starts the generator below, whose `finally` would not run.
  const onGone = () => {
    if (whenClientLeaves === 'drain') draining ??= drain();
    else leave();
  };
  signal.addEventListener('abort', onGone, { once: true });
  if (signal.aborted) onGone();

  function leave(): void {
    end('left');
    cut();
  }

  /** Reads on for what the provider says at the end, though nobody listens; not for ever. */
  async function drain(): Promise<void> {
    const late = setTimeout(leave, DRAIN_MS);
    try {
      while (!relay.done()) {
        const step = await rest.next();
        if (step.done) break;
        relay.push(step.value);
      }
      relay.end();
    } catch {
      // What had come is charged.
    }
    clearTimeout(late);
    leave();
  }

  /** A connection that ends by itself can be used again; one that does not is not waited for. */
  async function close(): Promise<void> {
    const late = setTimeout(cut, CLOSE_MS);
    try {
      while (!(await rest.next()).done);
    } catch {
      // All has been said.
    }
    clearTimeout(late);
  }

  async function* chunks(): AsyncGenerator<string> {
    try {
      if (head !== '') yield head;
      while (!relay.done()) {
        const step = await rest.next();
        if (step.done) break;
        const text = relay.push(step.value);
        if (text !== '') yield text;
      }
      const tail = relay.end();
      end('complete');
      void close();
      if (tail !== '') yield tail;
    } catch (error) {
      if (signal.aborted) return;
      end('broken');
      cut();
      yield relay.broken(error instanceof Error && error.name === 'UpstreamBroke' ? error.message : BROKE_OFF);
    } finally {
      if (!isEnded && !draining) onGone();
      signal.removeEventListener('abort', onGone);
    }
  }
  return chunks();
}

const DRAIN_MS = 60_000;
const CLOSE_MS = 1_000;
const BROKE_OFF = 'The answer broke off.';
