import type { Page } from 'playwright-core';
import type { SessionSeed } from './browser-session.ts';
import type { LaunchedBrowser } from './launch-browser.ts';
import type { SessionEgress } from './session-egress.ts';

export type BrowserPoolOptions = {
  launch: () => Promise<LaunchedBrowser>;
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

export type SessionJob<T> = {
  /** Asked for the login state only when there is no live session. */
  open: () => Promise<SessionSeed>;
  work: (page: Page) => Promise<T>;
  /** Gives the job up, and its session with it: a page may hang for ever, and the account's next job waits for this one. */
  signal?: AbortSignal;
};

export type PoolSession = {
  accountId: string;
  openedAtMs: number;
  usedAtMs: number;
  uses: number;
  isAtWork: boolean;
};
