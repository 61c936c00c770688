import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { ChunkStream } from './route.ts';

/**
 * Sends texts over the raw response as they come, at the client's pace: the next one is asked for when the last one has
 * left. When the client goes its source is told to end, and not waited for.
 * @returns what broke it in our own hands
 */
export async function sendChunks(res: ServerResponse, stream: ChunkStream, gone: AbortSignal): Promise<unknown> {
  res.on('error', () => undefined); // a write that meets a client who has just left is no failure of ours
  const iterator = stream.chunks[Symbol.asyncIterator]();
  const keepAlive = setInterval(() => void (res.writableNeedDrain || res.write(': waiting\n\n')), KEEP_ALIVE_MS);
  try {
    await Promise.race([pump(iterator, res, gone), left(gone)]);
    return undefined;
  } catch (error) {
    if (!gone.aborted) res.write(stream.lastWords(error));
    return error;
  } finally {
    clearInterval(keepAlive);
    res.end();
    iterator.return?.().catch(() => undefined);
  }
}

const KEEP_ALIVE_MS = 15_000;

async function pump(iterator: AsyncIterator<string>, res: ServerResponse, gone: AbortSignal): Promise<void> {
  for (let step = await iterator.next(); !step.done && !gone.aborted; step = await iterator.next()) {
    if (!res.write(step.value)) await once(res, 'drain', { signal: gone }).catch(() => undefined);
  }
}

function left(gone: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (gone.aborted) resolve();
    gone.addEventListener('abort', () => resolve(), { once: true });
  });
}
