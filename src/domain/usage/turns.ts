import type { Redis } from 'ioredis';

/** Does something at the end of the running turn of the event loop. */
export type AtTurnsEnd = (work: () => void) => void;

/** What is sent at the end of one turn goes out in one piece, so that its answers come back in one as well. */
export function createTurns(redis: Redis): AtTurnsEnd {
  let waiting: (() => void)[] = [];

  function end(): void {
    const all = waiting;
    waiting = [];
    redis.stream?.cork();
    for (const work of all) work();
    redis.stream?.uncork();
  }

  return (work) => {
    if (waiting.length === 0) setImmediate(end);
    waiting.push(work);
  };
}
