import type { ServerResponse } from 'node:http';
import { keepAlive } from './keep-alive.ts';
import type { Streamed } from './route.ts';

/**
 * Sends texts over the raw response as they come, at the client's pace.
 * @returns what broke the stream in our own hands
 */
export function sendTexts(res: ServerResponse, { texts, lastWords }: Streamed): Promise<unknown> {
  res.on('error', () => undefined); // a write that meets a client who has just left is no failure of ours
  const framed = framing(res);
  const alive = keepAlive(() => void (res.writableNeedDrain || res.write(framed(': waiting\n\n'))));
  return new Promise((resolve) => {
    texts.flow({
      write(text) {
        alive.said();
        return res.write(framed(text));
      },
      onceReady: (resume) => void res.once('drain', resume),
      end(last, error) {
        alive.stop();
        const text = error === undefined ? last : last + lastWords(error);
        res.end((text === '' ? '' : framed(text)) + framed(''));
        resolve(error);
      },
    });
  });
}

type Framing = (text: string) => string;

/**
 * The chunked coding of RFC 9112, section 7.1, where the connection speaks it; the empty chunk is the last one. Node would
 * write each chunk in four pieces.
 */
function framing(res: ServerResponse): Framing {
  if (!res.headersSent) res.writeHead(res.statusCode);
  if (!res.chunkedEncoding) return (text) => text;
  res.chunkedEncoding = false;
  return (text) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}
