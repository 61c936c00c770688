import type { Page } from 'playwright-core';
import type { BrowserPool } from '../domain/browsers/browser-pool.ts';
import { leaveFenced } from '../domain/browsers/click-fence.ts';
import { loginPrint } from '../domain/browsers/login-print.ts';
import type { LoginCookie } from '../domain/browsers/login-print.ts';
import type { SessionRegistry } from '../domain/browsers/session-registry.ts';
import { descriptionOf } from '../domain/platforms/index.ts';
import { watchRisks } from '../domain/platforms/risk-watch.ts';
import type { Services } from '../services.ts';
import type { EvidenceKeeper } from './evidence.ts';
import type { NextEditor } from './next-editor.ts';
import { givenUpSignal } from './given-up.ts';
import { whileAtWork } from './reservation.ts';

/** What one browser worker has: its name, its browser, and the only key that opens grants. */
export type BrowserWorker = {
  services: Pick<Services, 'publishing' | 'credentials' | 'browsers' | 'login' | 'logger' | 'config'>;
  workerId: string;
  pool: BrowserPool;
  registry: SessionRegistry;
  evidence: EvidenceKeeper;
  nextEditor: Pick<NextEditor, 'after'>;
  privateKey: string;
  /** Accounts whose session is at work; the worker's beats keep their slots. */
  atWork: Set<string>;
  /** What each live session was opened with. */
  logins: Map<string, OpenedLogin>;
};

/** A version of an account's credentials, as it was last kept, and the account's proxy, sealed. */
export type OpenedLogin = { version: number; print: string; sealedProxy: string | null };

type ForBrowser = Awaited<ReturnType<Services['publishing']['forBrowser']>>;
export type Job = {
  account: ForBrowser['account'];
  publication: ForBrowser['publication'] | null;
  phase: 'prepare' | 'commit' | 'settle' | 'analytics';
};

/**
 * Runs one job on the account's page; of a publication's job evidence is kept. A slot is at work from its reservation to the
 * end of the job, and from a draft that is ready to its click.
 */
export function onPage<T>(worker: BrowserWorker, job: Job, work: (page: Page) => Promise<T>): Promise<T> {
  const { account, phase } = job;
  return whileAtWork(worker, { accountId: account.id, isToGoOn: phase === 'prepare' }, () =>
    worker.pool.withSession(account.id, {
      open: () => openSeed(worker, job),
      work: (page) => onWatchedPage(worker, job, { page, work }),
      signal: givenUpSignal(),
    }),
  );
}

type PageWork<T> = { page: Page; work: (page: Page) => Promise<T> };

async function onWatchedPage<T>(worker: BrowserWorker, job: Job, { page, work }: PageWork<T>): Promise<T> {
  const { account, publication, phase } = job;
  const risks = watchRisks(page, descriptionOf(account.platform).risk.signals);
  try {
    await leaveFenced(page);
    if (!publication || phase === 'analytics') return await work(page);
    const of = { publicationId: publication.id, userId: publication.userId, phase };
    return await worker.evidence.watched(page, of, () => work(page));
  } catch (error) {
    throw risks.seen(error);
  } finally {
    risks.end();
  }
}

/** Ends a session whose credentials or proxy were replaced since it opened: the next one begins with the new ones. */
export async function dropOutdated(worker: BrowserWorker, account: ForBrowser['account']): Promise<void> {
  const { services, pool, logins } = worker;
  const opened = logins.get(account.id);
  if (!opened) return;
  const isCurrent = opened.version === (await services.credentials.versionOf(account.id));
  if (!isCurrent || opened.sealedProxy !== (account.sealedProxy ?? null)) await pool.drop(account.id);
}

export async function openSeed(worker: BrowserWorker, { account, publication }: Pick<Job, 'account' | 'publication'>) {
  const { storageState, version } = await openGrant(worker, { account, publication });
  const print = printOf(account, storageState.cookies);
  worker.logins.set(account.id, { version, print, sealedProxy: account.sealedProxy ?? null });
  const { publishing, browsers } = worker.services;
  const { hosts } = publishing.platforms.enabled(account.platform);
  const baseUrl = publishing.platforms.siteOf(account);
  return { storageState, baseUrl, hosts, proxyUrl: browsers.proxies.urlOf(account) };
}

const openGrant = (
  { services, privateKey, workerId: openedBy }: BrowserWorker,
  { account, publication }: Pick<Job, 'account' | 'publication'>,
) => {
  const purpose = publication ? 'publication' : 'analytics';
  return services.credentials.openGrant(
    { accountId: account.id, purpose, publicationId: publication?.id ?? null, openedBy },
    privateKey,
  );
};

/**
 * Keeps the cookies, when the site has renewed them, so that the next session need not log in. It is a courtesy: newer
 * credentials win, and that it fails must not hide that the post is live.
 */
export async function keepLogin(
  worker: BrowserWorker,
  job: Pick<Job, 'account' | 'publication'>,
  page: Page,
): Promise<void> {
  const { services, logins } = worker;
  const { account } = job;
  const opened = logins.get(account.id);
  if (!opened) return;
  try {
    const print = printOf(account, await page.context().cookies());
    if (print === opened.print) return;
    const { keys } = await openGrant(worker, job);
    const state = await page.context().storageState();
    const fresh = { accountId: account.id, keys, state, expectedVersion: opened.version };
    const isKept = await services.credentials.saveFreshState(fresh);
    if (isKept) logins.set(account.id, { ...opened, version: opened.version + 1, print });
  } catch (error) {
    services.logger.warn({ err: error, accountId: account.id }, 'the fresh login was not kept');
  }
}

const printOf = ({ platform }: ForBrowser['account'], cookies: readonly LoginCookie[]): string =>
  loginPrint(cookies, descriptionOf(platform).preferenceCookies);
