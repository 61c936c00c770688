import type { Browser } from 'playwright-core';
import type { SessionEgress } from './session-egress.ts';

export type BrowserPoolOptions = {
  /** @param onGone told when the browser's process has ended, whyever */
  launch: (onGone: () => void) => Promise<Browser>;
  egress: Pick<SessionEgress, 'open'>;
  /** How many sessions may live at once. */
  slots: number;
  maxAgeMs: number;
  maxIdleMs: number;
  maxUses: number;
  /** How long after its last job a session leaves its platform's page. */
  restAfterMs: number;
  now: () => number;
};

export type PoolSession = {
  accountId: string;
  openedAtMs: number;
  usedAtMs: number;
  uses: number;
  isAtWork: boolean;
};
