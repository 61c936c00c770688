import type { UpstreamStream } from '../operations/operation.ts';
import type { TextSink, TextStream } from './text-stream.ts';

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
 * Passes a started stream on, at the pace at which it is taken. When it breaks, the client gets an error event of its
 * format and the end: text that has gone out cannot be taken back, so nothing is tried again.
 */
export function sendStream({ stream, signal, whenClientLeaves, cut, ended }: SendOptions): TextStream {
  const { relay, rest, head } = stream;
  let sink: TextSink | null = null;
  let isEnded = false;

  function end(how: 'complete' | 'broken' | 'left'): void {
    if (isEnded) return;
    isEnded = true;
    signal.removeEventListener('abort', gone);
    ended(how);
  }

  function gone(): void {
    if (whenClientLeaves === 'drain') drain();
    else leave();
    sink?.end('');
  }

  function leave(): void {
    end('left');
    rest.read(nobody);
    cut();
  }

  /** Reads on for what the provider says at the end, though nobody listens; not for ever. */
  function drain(): void {
    const late = setTimeout(enough, DRAIN_MS);
    function enough(): void {
      clearTimeout(late);
      leave();
    }
    rest.read({
      data(bytes) {
        try {
          relay.push(bytes);
        } catch {
          enough(); // what had come is charged
        }
        if (relay.done()) enough();
      },
      end: enough,
    });
    rest.resume();
  }

  function complete(to: TextSink, text: string): void {
    const tail = relay.end();
    end('complete');
    close();
    to.end(text + tail);
  }

  /** A connection that ends by itself can be used again; one that does not is not waited for. */
  function close(): void {
    const late = setTimeout(cut, CLOSE_MS);
    rest.read({ data: () => undefined, end: () => clearTimeout(late) });
  }

  function broken(to: TextSink, error: unknown): void {
    end('broken');
    rest.read(nobody);
    cut();
    to.end(relay.broken(error instanceof Error && error.name === 'UpstreamBroke' ? error.message : BROKE_OFF));
  }

  function say(to: TextSink, text: string): void {
    if (relay.done()) complete(to, text);
    else if (text !== '' && !to.write(text)) {
      rest.pause();
      to.onceReady(() => rest.resume());
    }
  }

  signal.addEventListener('abort', gone, { once: true });
  if (signal.aborted) gone();

  return {
    flow(to) {
      sink = to;
      if (signal.aborted) {
        to.end('');
        return;
      }
      const trying = (step: () => void) => {
        try {
          step();
        } catch (error) {
          broken(to, error);
        }
      };
      trying(() => say(to, head));
      if (isEnded) return;
      rest.read({
        data: (bytes) => trying(() => say(to, relay.push(bytes))),
        end: (error) => trying(() => (error ? broken(to, error) : complete(to, ''))),
      });
    },
  };
}

const nobody = { data: () => undefined, end: () => undefined };

const DRAIN_MS = 60_000;
const CLOSE_MS = 1_000;
const BROKE_OFF = 'The answer broke off.';
