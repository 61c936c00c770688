export type KeptAlive = { said(): void; stop(): void };

type Quiet = { comment: () => void; isSilent: boolean };
const open = new Set<Quiet>();

/**
 * Lets a stream that says nothing send a comment now and then, so that no connection on the way times out; by one timer
 * for all streams.
 */
export function keepAlive(comment: () => void): KeptAlive {
  const stream: Quiet = { comment, isSilent: true };
  open.add(stream);
  return {
    said: () => void (stream.isSilent = false),
    stop: () => void open.delete(stream),
  };
}

function remind(): void {
  for (const stream of open) {
    if (stream.isSilent) stream.comment();
    stream.isSilent = true;
  }
}

/** A stream is silent for twice as long at most. */
const EVERY_MS = 10_000;
setInterval(remind, EVERY_MS).unref();
