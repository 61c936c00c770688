import { heartbeat } from '@temporalio/activity';
import type { Page } from 'playwright-core';
import type { BrowserPool } from '../domain/browsers/browser-pool.ts';
import { CLICK_WITHIN_MS, fenceClicks, leaveFenced } from '../domain/browsers/click-fence.ts';
import type { SessionRegistry } from '../domain/browsers/session-registry.ts';
import { fitted, platformOf } from '../domain/platforms/drivers.ts';
import { descriptionOf } from '../domain/platforms/index.ts';
import type { PostNumbers, PublishedPost, Settlement } from '../domain/platforms/index.ts';
import { watchRisks } from '../domain/platforms/risk-watch.ts';
import { AppError } from '../errors.ts';
import type { Services } from '../services.ts';
import type { EvidenceKeeper } from './evidence.ts';
import { withHeartbeat } from './heartbeat.ts';
import type { NextEditor } from './next-editor.ts';
import { reserve, whileAtWork } from './reservation.ts';

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

/** The phases of a publication that need a page, and the reading of numbers. */
export const browserActivities = (worker: BrowserWorker) => {
  const { publishing, config } = worker.services;
  const { evidence } = worker;
  return {
    /** Finds the worker whose session, or free slot, the account gets; waits for one while all are at work. */
    reserveSession: ({ accountId }: AccountRef) => withHeartbeat(() => reserve(worker, accountId)),

    /** Fills the editor and saves the draft; a retry continues the same draft. */
    preparePost: ({ publicationId }: PublicationRef): Promise<void> =>
      withHeartbeat(async () => {
        const { publication, account, description, cover } = await publishing.forBrowser(publicationId);
        const { platform, content, platformDraftId } = publication;
        const onDraftId = (draftId: string) => publishing.publications.keepDraft(publicationId, draftId);
        const images = description.limits.bodyAs === 'text' ? await publishing.pictures(content.markdown) : [];
        const draft = { draftId: platformDraftId ?? null, onDraftId };
        const post = await fitted(platform, { ...content, cover, images, ...draft });
        await dropOutdated(worker, account);
        await onPage(worker, { account, publication, phase: 'prepare' }, async (page) => {
          const { draftId } = await platformOf(platform).prepare(page, post);
          if (draftId !== null) await onDraftId(draftId);
          evidence.before(page, { publicationId, userId: publication.userId, phase: 'prepare' });
        });
        const said = description.abilities.aiDeclaration ? 'declared' : 'not_available';
        await publishing.publications.keepAiDeclaration(publicationId, content.aiGenerated ? said : null);
      }),

    /** The one click. Never retried; the gate lets it happen at most once a round. */
    commitPost: ({ publicationId, round }: PublicationRef & { round: number }): Promise<PublishedPost> =>
      withHeartbeat(async () => {
        const { publication, account, description } = await publishing.forBrowser(publicationId);
        const draftId = publication.platformDraftId ?? null;
        const { platform, content } = publication;
        if (draftId === null && description.abilities.drafts)
          throw new AppError('conflict', 'There is no draft to publish.');
        const published = await onPage(worker, { account, publication, phase: 'commit' }, async (page) => {
          const aboutToClick = async () => {
            heartbeat('about-to-click');
            await evidence.pictured(publicationId);
            const untilMs = Date.now() + CLICK_WITHIN_MS;
            await fenceClicks(page, untilMs);
            await publishing.gate.pass(publicationId, round);
            if (Date.now() >= untilMs) throw new AppError('upstream_timeout', 'The moment for the click has passed.');
          };
          const post = await platformOf(platform).commit(page, { draftId, content, aboutToClick });
          const after = evidence.after(page, { publicationId, userId: publication.userId, phase: 'commit' });
          await Promise.all([after, keepLogin(worker, { account, publication }, page)]);
          return post;
        });
        void worker.nextEditor.after(publication);
        return published;
      }),

    /** Looks at the platform for what became of the click. */
    settlePost: ({ publicationId }: PublicationRef): Promise<Settlement> =>
      withHeartbeat(async () => {
        const { publication, account } = await publishing.forBrowser(publicationId);
        const { platform, platformDraftId, commitStartedAt, content } = publication;
        const since = commitStartedAt ?? publication.createdAt;
        // From then on no click can land any more, and what was under way has arrived.
        const believedMs = since.getTime() + CLICK_WITHIN_MS + config.SETTLE_WAIT_MS;
        const waitMs = Math.max(0, believedMs - Date.now());
        const post = { draftId: platformDraftId ?? null, title: content.title, content, since, waitMs };
        return onPage(worker, { account, publication, phase: 'settle' }, async (page) => {
          const settlement = await platformOf(platform).settle(page, post);
          if (settlement.outcome !== 'unknown' || !page.isClosed()) return settlement;
          throw new AppError('unavailable', 'The browser died while it looked: another one is to look.');
        });
      }),

    /** Reads the numbers of an account's posts, under its grant for analytics. */
    collectNumbers: ({ accountId, postIds }: AccountRef & { postIds: string[] }): Promise<{ numbers: PostNumbers[] }> =>
      withHeartbeat(async () => {
        const account = await publishing.account(accountId);
        publishing.platforms.enabled(account.platform);
        await dropOutdated(worker, account);
        const numbers = await onPage(worker, { account, publication: null, phase: 'analytics' }, (page) =>
          platformOf(account.platform).fetchAnalytics(page, postIds),
        );
        return { numbers };
      }),
  };
};

export type AccountRef = { accountId: string };
export type PublicationRef = { publicationId: string };

type ForBrowser = Awaited<ReturnType<Services['publishing']['forBrowser']>>;
type Job = {
  account: ForBrowser['account'];
  publication: ForBrowser['publication'] | null;
  phase: 'prepare' | 'commit' | 'settle' | 'analytics';
};

/**
 * Runs one job on the account's page; of a publication's job evidence is kept. A slot is at work from its reservation to the
 * end of the job, and from a draft that is ready to its click.
 */
function onPage<T>(worker: BrowserWorker, job: Job, work: (page: Page) => Promise<T>): Promise<T> {
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
async function dropOutdated(worker: BrowserWorker, account: ForBrowser['account']): Promise<void> {
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
