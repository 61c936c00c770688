import { setTimeout as wait } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { AppError } from '../../errors.ts';
import { loginReasonOf, mayBeHandedOff } from '../login/login.ts';
import { openSession } from './browser-session.ts';
import type { BrowserSession } from './browser-session.ts';
import type { BrowserPoolOptions, PoolSession, SessionJob } from './browser-pool-options.ts';
import { currentBrowser } from './current-browser.ts';
import type { CurrentBrowser } from './current-browser.ts';
import { givenUp, unlessAborted } from './unless-aborted.ts';

/**
 * One Chromium with one context per account. A session stays while it is of use, so that an account does not log in anew
 * for every post; jobs of one account wait for each other.
 */
export class BrowserPool {
  readonly #options: BrowserPoolOptions;
  readonly #browser: CurrentBrowser;
  readonly #sessions = new Map<string, BrowserSession>();
  /** The last job of each account, which the next one waits for. */
  readonly #turns = new Map<string, Promise<unknown>>();
  /** The jobs that run now. */
  readonly #jobs = new Set<Promise<unknown>>();
  /** Accounts whose session is being opened: they hold a slot before there is a context. */
  readonly #opening = new Set<string>();
  #recycling: Promise<void> | null = null;
  #closed = false;

  constructor(options: BrowserPoolOptions) {
    this.#options = options;
    this.#browser = currentBrowser(options.launch, () => this.#forgetDead());
  }

  /**
   * Runs one job on the account's page. A job that ends in `needs_login` ends the session too, unless a person may finish
   * the login in it: the next one opens with new credentials.
   * @throws AppError `browser_busy` when every slot is at work, `browser_lost` when the browser died, `unavailable` when the
   *   job was given up or the pool is closed
   */
  async withSession<T>(accountId: string, job: SessionJob<T>): Promise<T> {
    const earlier = this.#turns.get(accountId) ?? Promise.resolve();
    const turn = earlier.then(() => this.#run(accountId, job));
    this.#takesTurn(accountId, turn);
    return unlessAborted(turn, job.signal); // it may still wait for the one before
  }

  #takesTurn(accountId: string, turn: Promise<unknown>): void {
    const leave = () => void (this.#turns.get(accountId) === ended && this.#turns.delete(accountId));
    const ended: Promise<void> = turn.then(leave, leave);
    this.#turns.set(accountId, ended);
  }

  /**
   * Lets the page of an account that has a session get ready for its next job, which waits for that. Nothing happens while
   * a job runs or waits, and what fails is for the next job to find.
   */
  async betweenJobs(accountId: string, work: (page: Page) => Promise<void>): Promise<void> {
    const session = this.#sessions.get(accountId);
    if (!session || this.#turns.has(accountId) || this.#recycling || this.#isSpent(session)) return;
    const tooLong = AbortSignal.timeout(MOST_READY_MS);
    const until = AbortSignal.any([tooLong, session.browserGone]);
    const ended = unlessAborted(session.page().then(work), until).catch(() =>
      tooLong.aborted ? this.#end(session) : undefined,
    );
    this.#takesTurn(accountId, ended);
    await ended;
    session.usedAtMs = this.#options.now();
  }

  /** The accounts that have a live session here, and so a slot. */
  accountIds(): string[] {
    return [...this.#sessions.keys()];
  }

  sessions(): PoolSession[] {
    return [...this.#sessions.values()].map(({ accountId, openedAtMs, usedAtMs, uses }) => {
      return { accountId, openedAtMs, usedAtMs, uses, isAtWork: this.#turns.has(accountId) };
    });
  }

  /** How many accounts have a job that runs or waits. */
  jobs(): number {
    return this.#turns.size;
  }

  /**
   * Ends the sessions that nobody used for too long, or that are too old; pages that nobody needs just now are left. To be
   * called now and then.
   */
  async sweep(): Promise<void> {
    await this.endResting((session) => this.#isSpent(session));
    const { now, restAfterMs } = this.#options;
    const resting = this.#resting().filter(({ usedAtMs }) => now() - usedAtMs >= restAfterMs);
    await Promise.all(resting.map((session) => session.rest()));
  }

  /** Ends the sessions without a job that `isMeant` says. */
  async endResting(isMeant: (session: BrowserSession) => boolean): Promise<void> {
    await Promise.all(
      this.#resting()
        .filter(isMeant)
        .map((session) => this.#end(session)),
    );
  }

  /** Ends an account's session after the job at hand, if any: its credentials have changed or are withdrawn. */
  async drop(accountId: string): Promise<void> {
    await this.#turns.get(accountId);
    const session = this.#sessions.get(accountId);
    if (session) await this.#end(session);
  }

  /** A new browser, and the memory of the old one given back: as soon as no job runs; those that come meanwhile wait. */
  recycle(): Promise<void> {
    this.#recycling ??= this.#recycleWhenFree().finally(() => {
      this.#recycling = null;
    });
    return this.#recycling;
  }

  /** Ends everything at once; jobs that still run fail. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#closeBrowser();
  }

  async #run<T>(accountId: string, job: SessionJob<T>): Promise<T> {
    while (this.#recycling) await this.#recycling.catch(() => undefined);
    const done = this.#job(accountId, job);
    this.#jobs.add(done);
    try {
      return await done;
    } finally {
      this.#jobs.delete(done);
    }
  }

  async #job<T>(accountId: string, job: SessionJob<T>): Promise<T> {
    const { work, signal } = job;
    if (signal?.aborted) throw givenUp(signal);
    const session = await unlessAborted(this.#sessionOf(accountId, job), signal);
    session.uses += 1;
    const until = signal ? AbortSignal.any([signal, session.browserGone]) : session.browserGone;
    let page: Page | null = null;
    try {
      page = await unlessAborted(this.#pageOf(session), until);
      return await unlessAborted(work(page), until);
    } catch (error) {
      if (signal?.aborted) await this.#end(session);
      if (signal?.aborted || page === null) throw error;
      // First of all, because a page that has gone looks like one that has changed: nothing is found on it any more.
      if (!session.isAlive() || !session.holds(page)) {
        throw new AppError('browser_lost', 'The browser died during the job.', { cause: error });
      }
      if (isLoggedOut(error)) await this.#end(session);
      throw error;
    } finally {
      session.usedAtMs = this.#options.now();
    }
  }

  /** A context that has gone without a word shows when a page is asked of it. */
  #pageOf(session: BrowserSession): Promise<Page> {
    return session.page().catch(async (cause: unknown) => {
      await this.#end(session);
      throw new AppError('browser_lost', 'The browser opens no page.', { cause });
    });
  }

  /** One that is open only when its job has been given up is closed: the account's next job may have another by then. */
  async #sessionOf(accountId: string, { open, signal }: Omit<SessionJob<unknown>, 'work'>) {
    const live = this.#sessions.get(accountId);
    if (live && !this.#isSpent(live)) return live;
    if (live) await this.#end(live);
    this.#assertOpen();
    await this.#takeSlot(accountId);
    try {
      const seed = await open();
      this.#assertOpen(); // a browser that is launched now would never be closed
      const browser = await this.#browser.live();
      const egress = await this.#options.egress.open(accountId, seed);
      const session = await openSession(browser, { accountId, seed, egress, nowMs: this.#options.now() });
      this.#assertOpen();
      if (signal?.aborted) {
        void session.close().catch(() => undefined);
        throw givenUp(signal);
      }
      this.#sessions.set(accountId, session);
      return session;
    } finally {
      this.#opening.delete(accountId);
    }
  }

  /** A free slot, or the one of the session that rests longest. */
  async #takeSlot(accountId: string): Promise<void> {
    const isFree = this.#sessions.size + this.#opening.size < this.#options.slots;
    const [oldest] = this.#resting().toSorted((a, b) => a.usedAtMs - b.usedAtMs);
    if (!isFree && !oldest) throw new AppError('browser_busy', 'Every browser session of this worker is at work.');
    this.#opening.add(accountId);
    if (!isFree && oldest) await this.#end(oldest);
  }

  #resting(): BrowserSession[] {
    return [...this.#sessions.values()].filter(({ accountId }) => !this.#turns.has(accountId));
  }

  #isSpent(session: BrowserSession): boolean {
    const { openedAtMs, usedAtMs, uses } = session;
    const { now, maxAgeMs, maxIdleMs, maxUses } = this.#options;
    return !session.isAlive() || now() - openedAtMs >= maxAgeMs || now() - usedAtMs >= maxIdleMs || uses >= maxUses;
  }

  async #end(session: BrowserSession): Promise<void> {
    if (this.#sessions.get(session.accountId) === session) this.#sessions.delete(session.accountId);
    await Promise.race([session.close(), wait(MOST_CLOSING_MS, undefined, { ref: false })]); // what hangs may not even close
  }

  #forgetDead(): void {
    for (const [accountId, session] of this.#sessions) if (!session.isAlive()) this.#sessions.delete(accountId);
  }

  async #recycleWhenFree(): Promise<void> {
    await Promise.allSettled(this.#jobs);
    await this.#closeBrowser();
  }

  async #closeBrowser(): Promise<void> {
    this.#sessions.clear();
    await this.#browser.close();
  }

  #assertOpen(): void {
    if (this.#closed) throw new AppError('unavailable', 'The browser pool is closed.');
  }
}

const MOST_READY_MS = 60_000;
const MOST_CLOSING_MS = 10_000;

const isLoggedOut = (error: unknown) =>
  error instanceof AppError && error.code === 'needs_login' && !mayBeHandedOff(loginReasonOf(error.details));
