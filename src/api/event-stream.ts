import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { ApiContext } from './api-context.ts';
import { keepAlive } from './keep-alive.ts';
import type { EventSource } from './route.ts';

/** When the client leaves, and when the server wants to end streams that can be resumed. */
export type StreamEnds = { gone: AbortSignal; closing: AbortSignal };

/**
 * Sends server-sent events over the raw response, at the client's pace, with a comment now and then while the source is
 * silent. Whatever ends the stream, the source hears of it by its signal and by `return()`, and the response is ended.
 */
export async function sendEvents(ctx: ApiContext, source: EventSource, { gone, closing }: StreamEnds): Promise<void> {
  const { res } = ctx;
  ctx.respond = false;
  res.on('error', () => undefined); // a write that meets a client who has just left is no failure of ours
  res.flushHeaders();

  const done = new AbortController();
  const stop = AbortSignal.any(source.resumable ? [gone, closing, done.signal] : [gone, done.signal]);
  const iterator = source.open(stop)[Symbol.asyncIterator]();
  const alive = keepAlive(() => void (res.writableNeedDrain || res.write(': waiting\n\n')));
  try {
    const send = (item: string) => {
      alive.said();
      return write(res, source.frame?.(item) ?? item, stop);
    };
    await pump(iterator, send, stop);
  } catch (error) {
    ctx.state.error = error;
    if (!stop.aborted) res.write(source.onError(error));
  } finally {
    alive.stop();
    res.end();
    done.abort();
    await iterator.return?.().catch((error: unknown) => (ctx.state.error = error));
  }
}

type Write = (item: string) => Promise<void>;

async function pump(iterator: AsyncIterator<string>, send: Write, stop: AbortSignal): Promise<void> {
  const stopped = new Promise<'stopped'>((resolve) => {
    if (stop.aborted) resolve('stopped');
    stop.addEventListener('abort', () => resolve('stopped'), { once: true });
  });
  while (!stop.aborted) {
    const next = iterator.next();
    next.catch(() => undefined); // nobody waits for it any more once the client has gone
    const step = await Promise.race([next, stopped]);
    if (step === 'stopped' || step.done) return;
    await send(step.value);
  }
}

async function write(res: ServerResponse, event: string, signal: AbortSignal): Promise<void> {
  if (res.write(event)) return;
  await once(res, 'drain', { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
