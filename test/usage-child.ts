/** Test set-up: a process of its own that makes and settles reservations, for what only shows between processes. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { z } from 'zod';
import { holdSchema } from '../src/domain/usage/usage.ts';
import type { Hold, PricedCall } from '../src/domain/usage/usage.ts';
import type { Config } from '../src/infra/config.ts';

/** What the parent asks: reservations are all made at once and kept; settlements cost what was held. */
export const orders = z.object({
  id: z.int(),
  reserve: z.array(z.custom<PricedCall>()).optional(),
  settle: z.array(holdSchema).optional(),
});
const reply = z.object({ id: z.int(), held: z.array(holdSchema) });

export async function usageChild({ REDIS_URL, REDIS_PREFIX }: Config, leaseMs: number) {
  const env = { ...process.env, REDIS_URL, REDIS_PREFIX, LEASE_MS: String(leaseMs) };
  const main = new URL('usage-child-main.ts', import.meta.url).pathname;
  const child = fork(main, { env, execArgv: ['--no-warnings'], serialization: 'advanced' });
  const exited = once(child, 'exit');
  await Promise.race([once(child, 'message'), exited.then(() => Promise.reject(new Error('the child did not start')))]);
  let orderId = 0;

  async function ask(order: Omit<z.input<typeof orders>, 'id'>): Promise<Hold[]> {
    const id = (orderId += 1);
    const answered = new Promise<Hold[]>((resolve) => {
      const listen = (message: unknown) => {
        const answer = reply.parse(message);
        if (answer.id !== id) return;
        child.off('message', listen);
        resolve(answer.held);
      };
      child.on('message', listen);
    });
    child.send({ id, ...order });
    return answered;
  }

  return {
    /** The holds of those that were admitted. */
    reserve: (calls: PricedCall[]) => ask({ reserve: calls }),
    settle: (holds: Hold[]) => ask({ settle: holds }),
    /** As `kill -9` does, and the end of the process. */
    async kill(): Promise<void> {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

export type UsageChild = Awaited<ReturnType<typeof usageChild>>;
