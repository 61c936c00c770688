import { StringDecoder } from 'node:string_decoder';
import { createParser } from 'eventsource-parser';

/** Server-sent JSON events out of network buffers, which may be cut anywhere, also within a character. */
export function createSseReader(): { push(bytes: Uint8Array): string[] } {
  const decoder = new StringDecoder('utf8'); // a TextDecoder takes longer to make than a stream to read
  const waiting: string[] = [];
  const parser = createParser({ onEvent: ({ data }) => waiting.push(onOneLine(data)) });
  return {
    /** @returns the data of each event that is complete now */
    push(bytes) {
      parser.feed(decoder.write(bytes));
      return waiting.splice(0);
    },
  };
}

/** A JSON text may be sent over several lines; its line ends are never inside a string, and so mean nothing. */
const onOneLine = (data: string) => (data.includes('\n') ? data.replaceAll('\n', ' ') : data);
