import type { Consumption } from '../../usage/usage.ts';
import type { JsonObject } from '../formats/format.ts';
import { parseObject } from '../formats/json.ts';
import { createSseReader } from './sse-reader.ts';
import { UpstreamBroke } from './upstream-watch.ts';
import type { UpstreamWatch } from './upstream-watch.ts';

/** How events of an upstream become text of the client's stream. `data` is the event as it came. */
export type Rewrite = {
  next: (event: JsonObject, data: string) => string;
  /** The end of the client's stream, when the upstream has ended well. */
  end: () => string;
  /** The end of a stream that broke: text that has gone out cannot be taken back. */
  broken: (message: string) => string;
};

/**
 * One stream on its way from an upstream to a client, by network buffer: all events of a buffer are watched, rewritten and
 * handed on as one text. A state machine; whoever drives it does the waiting.
 */
export type Relay = {
  /** @throws UpstreamBroke, SyntaxError when the upstream failed or makes no sense */
  push(bytes: Uint8Array): string;
  /** What is left when the upstream has closed. @throws UpstreamBroke when it closed in the middle */
  end(): string;
  broken(message: string): string;
  /** Whether an event has come: from then on nothing else may be tried. */
  started(): boolean;
  usage(): Consumption | null;
  written(): string;
};

export function createRelay(watch: UpstreamWatch, rewrite: Rewrite): Relay {
  const reader = createSseReader();
  let started = false;
  let done = false;

  function take(data: string): string {
    if (done) return '';
    if (data === '[DONE]') {
      done = true;
      return '';
    }
    const event = parseObject(data);
    watch.see(event);
    started = true;
    return rewrite.next(event, data);
  }

  return {
    push(bytes) {
      const events = reader.push(bytes);
      return events.length === 1 ? take(events[0] ?? '') : events.map(take).join('');
    },
    end() {
      if (!started) throw new UpstreamBroke('The stream ended before it began.');
      if (!done && !watch.finished()) throw new UpstreamBroke('The stream ended in the middle.');
      return rewrite.end();
    },
    broken: (message) => rewrite.broken(message),
    started: () => started,
    usage: () => watch.usage(),
    written: () => watch.written(),
  };
}
