import { heartbeat } from '@temporalio/activity';
import type { Page } from 'playwright-core';
import type { BrowserPool } from '../domain/browsers/browser-pool.ts';
import { CLICK_WITHIN_MS, fenceClicks, leaveFenced } from '../domain/browsers/click-fence.ts';
import { takeEvidence } from '../domain/browsers/evidence.ts';
import type { SessionRegistry } from '../domain/browsers/session-registry.ts';
import { platformOf } from '../domain/platforms/drivers.ts';
import type { PostNumbers, PublishedPost, Settlement } from '../domain/platforms/index.ts';
import { AppError } from '../errors.ts';
import type { Services } from '../services.ts';
import { withHeartbeat } from './heartbeat.ts';

/** What one browser worker has: its name, its browser, and the only key that opens grants. */
export type BrowserWorker = {
  services: Pick<Services, 'publishing' | 'credentials' | 'media' | 'logger' | 'config'>;
  workerId: string;
  pool: BrowserPool;
  registry: SessionRegistry;
  privateKey: string;
  /** Which version of its credentials each live session was opened with. */
  loginVersions: Map<string, number>;
};

/** The phases of a publication that need a page, and the reading of numbers. */
export const browserActivities = (worker: BrowserWorker) => {
  const { publishing, config } = worker.services;
  return {
    /** Finds the worker whose session, or free slot, the account gets. */
    reserveSession: ({ accountId }: AccountRef) => worker.registry.claim(accountId, worker.workerId),

    /** Fills the editor and saves the draft; a retry continues the same draft. */
    preparePost: ({ publicationId }: PublicationRef): Promise<void> =>
      withHeartbeat(async () => {
        const { publication, account, cover } = await publishing.forBrowser(publicationId);
        const { title, markdown, tags } = publication.content;
        const onDraftId = (draftId: string) => publishing.publications.keepDraft(publicationId, draftId);
        await dropOutdated(worker, account.id);
        await onPage(worker, { account, publication, phase: 'prepare' }, async (page) => {
          const post = { title, markdown, tags, cover, draftId: publication.platformDraftId ?? null, onDraftId };
          await onDraftId((await platformOf(publication.platform).prepare(page, post)).draftId);
        });
      }),

    /** The one click. Never retried; the gate lets it happen at most once a round. */
    commitPost: ({ publicationId, round }: PublicationRef & { round: number }): Promise<PublishedPost> =>
      withHeartbeat(async () => {
        const { publication, account } = await publishing.forBrowser(publicationId);
        const draftId = publication.platformDraftId;
        if (!draftId) throw new AppError('conflict', 'There is no draft to publish.');
        const { platform } = publication;
        return onPage(worker, { account, publication, phase: 'commit' }, async (page) => {
          const aboutToClick = async () => {
            heartbeat('about-to-click');
            const untilMs = Date.now() + CLICK_WITHIN_MS;
            await fenceClicks(page, untilMs);
            await publishing.gate.pass(publicationId, round);
            if (Date.now() >= untilMs) throw new AppError('upstream_timeout', 'The moment for the click has passed.');
          };
          const post = await platformOf(platform).commit(page, { draftId, aboutToClick });
          await keepLogin(worker, { account, publication }, page);
          return post;
        });
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
        const post = { draftId: platformDraftId ?? null, title: content.title, since, waitMs };
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
        await dropOutdated(worker, accountId);
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

/** Runs one job on the account's page; when it fails, what the page looked like is kept. */
function onPage<T>(worker: BrowserWorker, job: Job, work: (page: Page) => Promise<T>): Promise<T> {
  return worker.pool.withSession(
    job.account.id,
    () => openSeed(worker, job),
    async (page) => {
      try {
        await leaveFenced(page);
        return await work(page);
      } catch (error) {
        await keepEvidence(worker, job, page);
        throw error;
      }
    },
  );
}

/** Ends a session whose credentials were replaced since it opened: the next one begins with the new ones. */
async function dropOutdated({ services, pool, loginVersions }: BrowserWorker, accountId: string): Promise<void> {
  const opened = loginVersions.get(accountId);
  if (opened !== undefined && opened !== (await services.credentials.versionOf(accountId))) await pool.drop(accountId);
}

async function openSeed(worker: BrowserWorker, { account, publication }: Pick<Job, 'account' | 'publication'>) {
  const { storageState, version } = await openGrant(worker, { account, publication });
  worker.loginVersions.set(account.id, version);
  if (!account.siteUrl) throw new AppError('invalid_request', 'The account has no site_url.');
  return { storageState, baseUrl: account.siteUrl };
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
async function keepLogin(worker: BrowserWorker, job: Pick<Job, 'account' | 'publication'>, page: Page): Promise<void> {
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

/** Evidence is for people: that it cannot be kept must not hide the failure it would show. */
async function keepEvidence({ services }: BrowserWorker, { publication, phase }: Job, page: Page): Promise<void> {
  if (!publication) return;
  const { screenshot, html } = await takeEvidence(page);
  const files = [
    { bytes: screenshot, contentType: 'image/png' },
    { bytes: html === null ? null : Buffer.from(html), contentType: 'text/html' },
  ];
  for (const { bytes, contentType } of files) {
    if (!bytes) continue;
    try {
      const media = await services.media.store({ userId: publication.userId, kind: 'evidence', bytes, contentType });
      await services.publishing.publications.keepEvidence(publication.id, media.id);
    } catch (error) {
      services.logger.warn({ err: error, publicationId: publication.id, phase }, 'evidence was not kept');
    }
  }
}
