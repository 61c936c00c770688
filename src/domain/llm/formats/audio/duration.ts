import { setImmediate as turn } from 'node:timers/promises';
import { parseBuffer, parseWebStream } from 'music-metadata';

/**
 * How long a recording plays, in whole milliseconds, by its own headers or, where they do not say, by its frames; null
 * when that cannot be read or believed.
 */
export async function audioDurationMs(file: File): Promise<number | null> {
  const bytes = await file.bytes();
  const info = { mimeType: file.type, size: bytes.length, path: file.name };
  return (
    (await measured(bytes.length, () => parseBuffer(bytes, info, { skipCovers: true }))) ??
    (await measured(bytes.length, () => parseWebStream(inTurns(bytes), info, { skipCovers: true, duration: true })))
  );
}

type Parsed = Awaited<ReturnType<typeof parseBuffer>>;

async function measured(size: number, parse: () => Promise<Parsed>): Promise<number | null> {
  const format = await parse().then(
    (parsed) => parsed.format,
    () => null, // whatever it is, it is no recording that we know
  );
  const ms = Math.round((format?.duration ?? 0) * 1000);
  if (!format || ms <= 0) return null;
  const bitsPerSecond = (size * 8_000) / ms;
  return bitsPerSecond >= LEAST && bitsPerSecond <= mostOf(format) ? ms : null;
}

/** In bits a second: what no recording is below or above. A header that says otherwise would make hours cost seconds. */
const LEAST = 500;
const MOST_LOSSY = 640_000;
const MOST_LOSSLESS = 10_000_000;
const MOST_WITH_PICTURES = 100_000_000;

function mostOf({ hasVideo, lossless }: Parsed['format']): number {
  if (hasVideo) return MOST_WITH_PICTURES;
  return lossless ? MOST_LOSSLESS : MOST_LOSSY;
}

const CHUNK_BYTES = 65_536;

/** Reading all frames of a long recording takes a second: in chunks, so that other requests get their turn. */
function inTurns(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    type: 'bytes',
    async pull(controller) {
      await turn();
      const chunk = bytes.slice(at, at + CHUNK_BYTES); // a copy, for the buffer of what is enqueued is taken away
      at += chunk.length;
      if (chunk.length > 0) controller.enqueue(chunk);
      else {
        controller.close();
        controller.byobRequest?.respond(0);
      }
    },
  });
}
