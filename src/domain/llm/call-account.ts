import type { Hold, Spent, Usage } from '../usage/usage.ts';

/** The money side of one running call: its hold is kept alive until it is settled, once, by whoever comes first. */
export function openAccount(usage: Usage, hold: Hold) {
  const release = usage.keep(hold);
  let isSettled = false;
  return {
    settle(spent: Spent): void {
      if (isSettled) return;
      isSettled = true;
      usage.settleSurely(hold, spent, release);
    },
  };
}

export type CallAccount = ReturnType<typeof openAccount>;
