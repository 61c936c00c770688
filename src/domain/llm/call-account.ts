import type { Logger } from '../../infra/logger.ts';
import type { Hold, PricedCall, Spent, Usage } from '../usage/usage.ts';

/** The money side of one running call: its hold is renewed while it runs, and settled once, by whoever comes first. */
export type CallAccount = {
  hold: Hold;
  settle(spent: Spent): Promise<void>;
};

/** @throws AppError `limit_exceeded`, `limits_unavailable` */
export async function openAccount({ usage, logger, call }: AccountOptions): Promise<CallAccount> {
  const hold = await usage.reserve(call);
  const stop = keepAlive({ usage, logger }, hold);
  let settled: Promise<void> | undefined;
  return {
    hold,
    settle(spent) {
      stop();
      settled ??= usage.settleSurely(hold, spent);
      return settled;
    },
  };
}

/** Renews a hold until it is told to stop; three times a lease, so that one lost renewal does no harm. */
export function keepAlive({ usage, logger }: Pick<AccountOptions, 'usage' | 'logger'>, hold: Hold): () => void {
  const timer = setInterval(() => {
    usage.renew(hold).catch((error: unknown) => {
      logger.warn({ err: error, requestId: hold.requestId }, 'a hold could not be renewed');
    });
  }, usage.leaseMs / 3);
  timer.unref();
  return () => clearInterval(timer);
}

type AccountOptions = { usage: Usage; logger: Logger; call: PricedCall };
