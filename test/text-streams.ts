/** Streams of texts as async iterables, and the other way round. */
import { Readable } from 'node:stream';
import type { TextSink, TextStream } from '../src/domain/llm/llm.ts';

/** Takes the next text when it is asked for one. */
export function iterated(texts: TextStream): AsyncIterable<string> {
  let resume: (() => void) | undefined;
  const read = new Readable({ objectMode: true, highWaterMark: 1, read: () => resume?.() });
  texts.flow({
    write: (text) => read.push(text),
    onceReady: (then) => void (resume = then),
    end(last, error) {
      if (last !== '') read.push(last);
      if (error === undefined) read.push(null);
      else read.destroy(new Error('the stream broke', { cause: error }));
    },
  });
  return read;
}

/** Ends when the client goes. */
export function flowing(chunks: AsyncIterable<string>, signal: AbortSignal): TextStream {
  return {
    flow(to) {
      const iterator = chunks[Symbol.asyncIterator]();
      signal.addEventListener('abort', () => {
        void iterator.return?.();
        to.end('');
      });
      void pump(iterator, to, signal);
    },
  };
}

async function pump(iterator: AsyncIterator<string>, to: TextSink, signal: AbortSignal): Promise<void> {
  try {
    for (let step = await iterator.next(); !step.done && !signal.aborted; step = await iterator.next()) {
      if (!to.write(step.value)) await new Promise<void>((resolve) => to.onceReady(resolve));
    }
    to.end('');
  } catch (error) {
    to.end('', error);
  }
}
