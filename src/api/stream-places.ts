import { AppError } from '../errors.ts';

/** How many event streams a user may hold open at this process: each costs a socket and a look at the database. */
export function createStreamPlaces(most: number) {
  const held = new Map<string, number>();
  return {
    /** @throws AppError `limit_exceeded` before the stream begins */
    async hold(userId: string, stream: () => Promise<void>): Promise<void> {
      const before = held.get(userId) ?? 0;
      if (before >= most)
        throw new AppError('limit_exceeded', `At most ${most} event streams may be open at once.`, {
          details: { limit: most, retry_after_seconds: RETRY_AFTER_SECONDS },
        });
      held.set(userId, before + 1);
      try {
        await stream();
      } finally {
        const left = (held.get(userId) ?? 1) - 1;
        if (left > 0) held.set(userId, left);
        else held.delete(userId);
      }
    },
  };
}

export type StreamPlaces = ReturnType<typeof createStreamPlaces>;

/** A client that reconnects at once would do nothing else. */
const RETRY_AFTER_SECONDS = 5;
