import type { Page } from 'playwright-core';
import type { BrowserPool } from '../domain/browsers/browser-pool.ts';
import { leaveFenced } from '../domain/browsers/click-fence.ts';
import type { SessionRegistry } from '../domain/browsers/session-registry.ts';
import { descriptionOf } from '../domain/platforms/index.ts';
import { watchRisks } from '../domain/platforms/risk-watch.ts';
import type { Services } from '../services.ts';
import type { EvidenceKeeper } from './evidence.ts';
import type { NextEditor } from './next-editor.ts';
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
  /** Which version of its credentials each live session was opened with. */
  loginVersions: Map<string, number>;
  /** And with which proxy, sealed. */
  proxies: Map<string, string | null>;
};

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
    worker.pool.withSession(
      account.id,
      () => openSeed(worker, job),
      (page) => onWatchedPage(worker, job, { page, work }),
    ),
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
  const { services, pool, loginVersions, proxies } = worker;
  const opened = loginVersions.get(account.id);
  if (opened === undefined) return;
  const isCurrent = opened === (await services.credentials.versionOf(account.id));
  if (!isCurrent || proxies.get(account.id) !== (account.sealedProxy ?? null)) await pool.drop(account.id);
}

export async function openSeed(worker: BrowserWorker, { account, publication }: Pick<Job, 'account' | 'publication'>) {
  const { storageState, version } = await openGrant(worker, { account, publication });
  worker.loginVersions.set(account.id, version);
  worker.proxies.set(account.id, account.sealedProxy ?? null);
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
 * Keeps the cookies that the site has renewed, so that the next session need not log in. It is a courtesy: newer
 * credentials win, and that it fails must not hide that the post is live.
 */
export async function keepLogin(
  worker: BrowserWorker,
  job: Pick<Job, 'account' | 'publication'>,
  page: Page,
): Promise<void> {
  const { services, loginVersions } = worker;
  const accountId = job.account.id;
  const expectedVersion = loginVersions.get(accountId);
  if (expectedVersion === undefined) return;
  try {
    const { keys } = await openGrant(worker, job);
    const state = await page.context().storageState();
    const kept = await services.credentials.saveFreshState({ accountId, keys, state, expectedVersion });
    if (kept) loginVersions.set(accountId, expectedVersion + 1);
  } catch (error) {
    services.logger.warn({ err: error, accountId }, 'the fresh login was not kept');
  }
}
