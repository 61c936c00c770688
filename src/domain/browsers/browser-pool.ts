import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { AppError } from '../../errors.ts';
import { openSession } from './browser-session.ts';
import type { BrowserSession, SessionSeed } from './browser-session.ts';

/**
 * One Chromium with one context per account. A session stays while it is of use, so that an account does not log in anew
 * for every post; jobs of one account wait for each other.
 */
export class BrowserPool {
  readonly #options: BrowserPoolOptions;
  readonly #sessions = new Map<string, BrowserSession>();
  /** The last job of each account, which the next one waits for. */
  readonly #turns = new Map<string, Promise<unknown>>();
  /** Accounts whose session is being opened: they hold a slot before there is a context. */
  readonly #opening = new Set<string>();
  #browser: Promise<Browser> | null = null;
  #closed = false;

  constructor(options: BrowserPoolOptions) {
    this.#options = options;
  }

  /**
   * Runs one job on the account's page. `open` is asked for the login state only when there is no live session.
   * A job that ends in `needs_login` ends the session too: the next one opens with new credentials.
   * @throws AppError `browser_busy` when every slot is at work, `unavailable` when the browser died or the pool is closed
   */
  async withSession<T>(
    accountId: string,
    open: () => Promise<SessionSeed>,
    work: (page: Page) => Promise<T>,
  ): Promise<T> {
    const earlier = this.#turns.get(accountId) ?? Promise.resolve();
    const turn = earlier.then(() => this.#run(accountId, open, work));
    const ended = turn.then(
      () => undefined,
      () => undefined,
    );
    this.#turns.set(accountId, ended);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(accountId) === ended) this.#turns.delete(accountId);
    }
  }

  /** The accounts that have a live session here, and so a slot. */
  accountIds(): string[] {
    return [...this.#sessions.keys()];
  }

  /** Ends the sessions that nobody used for too long, or that are too old. To be called now and then. */
  async sweep(): Promise<void> {
    const idle = [...this.#sessions.values()].filter(({ accountId }) => !this.#turns.has(accountId));
    await Promise.all(idle.filter((session) => this.#isSpent(session)).map((session) => this.#end(session)));
  }

  /** Ends an account's session after the job at hand, if any: its credentials have changed or are withdrawn. */
  async drop(accountId: string): Promise<void> {
    await this.#turns.get(accountId);
    const session = this.#sessions.get(accountId);
    if (session) await this.#end(session);
  }

  /** Ends everything at once; jobs that still run fail. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#sessions.clear();
    const browser = await this.#browser?.catch(() => null);
    await browser?.close();
  }

  async #run<T>(accountId: string, open: () => Promise<SessionSeed>, work: (page: Page) => Promise<T>): Promise<T> {
    const session = await this.#sessionOf(accountId, open);
    session.uses += 1;
    const page = await session.page();
    try {
      return await work(page);
    } catch (error) {
      // First of all, because a page that has gone looks like one that has changed: nothing is found on it any more.
      if (!session.isAlive() || page.isClosed()) {
        throw new AppError('unavailable', 'The browser died during the job.', { cause: error });
      }
      if (error instanceof AppError && error.code === 'needs_login') await this.#end(session);
      throw error;
    } finally {
      session.usedAtMs = this.#options.now();
    }
  }

  async #sessionOf(accountId: string, open: () => Promise<SessionSeed>): Promise<BrowserSession> {
    const live = this.#sessions.get(accountId);
    if (live && !this.#isSpent(live)) return live;
    if (live) await this.#end(live);
    this.#assertOpen();

    await this.#takeSlot(accountId);
    try {
      const seed = await open();
      const browser = await this.#liveBrowser();
      const session = await openSession(browser, { accountId, seed, nowMs: this.#options.now() });
      this.#assertOpen();
      this.#sessions.set(accountId, session);
      return session;
    } finally {
      this.#opening.delete(accountId);
    }
  }

  /** A free slot, or the one of the session that rests longest. */
  async #takeSlot(accountId: string): Promise<void> {
    const isFree = this.#sessions.size + this.#opening.size < this.#options.slots;
    const resting = [...this.#sessions.values()].filter((session) => !this.#turns.has(session.accountId));
    const [oldest] = resting.sort((a, b) => a.usedAtMs - b.usedAtMs);
    if (!isFree && !oldest) throw new AppError('browser_busy', 'Every browser session of this worker is at work.');
    this.#opening.add(accountId);
    if (!isFree && oldest) await this.#end(oldest);
  }

  #isSpent(session: BrowserSession): boolean {
    const { openedAtMs, usedAtMs, uses } = session;
    const { now, maxAgeMs, maxIdleMs, maxUses } = this.#options;
    return !session.isAlive() || now() - openedAtMs >= maxAgeMs || now() - usedAtMs >= maxIdleMs || uses >= maxUses;
  }

  async #end(session: BrowserSession): Promise<void> {
    if (this.#sessions.get(session.accountId) === session) this.#sessions.delete(session.accountId);
    await session.close();
  }

  #liveBrowser(): Promise<Browser> {
    this.#browser ??= this.#launch();
    return this.#browser;
  }

  async #launch(): Promise<Browser> {
    const { executablePath, env } = this.#options;
    try {
      // Signals are the worker's business: it lets jobs end before it closes the pool.
      const signals = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };
      const browser = await chromium.launch({ executablePath, args: [...launchArgs], ...signals, ...(env && { env }) });
      browser.once('disconnected', () => this.#forget());
      return browser;
    } catch (cause) {
      this.#browser = null;
      throw new AppError('unavailable', 'The browser does not start.', { cause });
    }
  }

  /** The process is gone and all contexts with it; the next job starts another. */
  #forget(): void {
    this.#browser = null;
    this.#sessions.clear();
  }

  #assertOpen(): void {
    if (this.#closed) throw new AppError('unavailable', 'The browser pool is closed.');
  }
}

export type BrowserPoolOptions = {
  executablePath: string;
  /** The whole environment of the browser process; this one's by default. */
  env?: Record<string, string>;
  /** How many sessions may live at once. */
  slots: number;
  maxAgeMs: number;
  maxIdleMs: number;
  maxUses: number;
  now: () => number;
};

/** No more than what a container needs and what keeps pages from animating; nothing that hides the automation. */
const launchArgs = ['--no-sandbox', '--disable-dev-shm-usage', '--force-prefers-reduced-motion'] as const;
