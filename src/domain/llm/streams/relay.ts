import type { Consumption } from '../../usage/usage.ts';
import type { JsonObject } from '../formats/format.ts';
import { parseObject } from '../formats/json.ts';
import { createPlainText } from './plain-text.ts';
import { createSseReader } from './sse-reader.ts';
import { UpstreamBroke } from './upstream-watch.ts';
import type { UpstreamWatch } from './upstream-watch.ts';

/** How events of an upstream become text of the client's stream. `data` is the event as it came. */
export type Rewrite = {
  /** Whether events that say nothing but text become the same but for the text, as long as no other event comes. */
  repeats: boolean;
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
  /** Whether the upstream has said that this is all, also when it keeps its connection open. */
  done(): boolean;
  usage(): Consumption | null;
  written(): string;
};

export function createRelay(watch: UpstreamWatch, rewrite: Rewrite): Relay {
  const reader = createSseReader();
  const plain = createPlainText(watch);
  let started = false;
  let done = false;

  function take(data: string): string {
    if (done) return '';
    const text = plain.textIn(data);
    if (text !== null) {
      watch.said(text);
      return plain.spoken(text);
    }
    if (data === '[DONE]') {
      done = true;
      return '';
    }
    return read(data);
  }

  function read(data: string): string {
    const event = parseObject(data);
    watch.see(event);
    started = true;
    done = event['type'] === 'message_stop';
    const told = rewrite.next(event, data);
    if (rewrite.repeats) plain.learn(watch.plainText(event), { read: data, told });
    return told;
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
    done: () => done,
    usage: () => watch.usage(),
    written: () => watch.written(),
  };
}
