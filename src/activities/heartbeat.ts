import { heartbeat } from '@temporalio/activity';

/** Tells Temporal every two seconds that this worker lives, for as long as the work goes on. */
export async function withHeartbeat<T>(work: () => Promise<T>): Promise<T> {
  heartbeat();
  const timer = setInterval(heartbeat, 2_000);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
