import { heartbeat } from '@temporalio/activity';
import { CLICK_WITHIN_MS, fenceClicks, liftFence } from '../domain/browsers/click-fence.ts';
import { fitted, platformOf } from '../domain/platforms/drivers.ts';
import type { PostNumbers, PublishedPost, Settlement } from '../domain/platforms/index.ts';
import { AppError } from '../errors.ts';
import { withHeartbeat } from './heartbeat.ts';
import type { CommitRound } from './publishing.ts';
import { reserve } from './reservation.ts';
import { dropOutdated, keepLogin, onPage } from './session-job.ts';
import type { BrowserWorker } from './session-job.ts';

/** The phases of a publication that need a page, and the reading of numbers. */
export const browserActivities = (worker: BrowserWorker) => {
  const { publishing, config } = worker.services;
  const { evidence } = worker;
  return {
    /** Finds the worker whose session, or free slot, the account gets; waits for one while all are at work. */
    reserveSession: ({ accountId }: AccountRef) => withHeartbeat(() => reserve(worker, accountId)),

    /** Fills the editor and saves the draft; the preparation of a later round continues the same draft. */
    preparePost: ({ publicationId, round }: CommitRound): Promise<void> =>
      withHeartbeat(async () => {
        const { publication, account, description, cover } = await publishing.forBrowser(publicationId);
        const { platform, content, platformDraftId } = publication;
        const onDraftId = (draftId: string) => publishing.gate.keepDraft(publicationId, { round, draftId });
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
    commitPost: ({ publicationId, round }: CommitRound): Promise<PublishedPost> =>
      withHeartbeat(async () => {
        const { publication, account, description } = await publishing.forBrowser(publicationId);
        const draftId = publication.platformDraftId ?? null;
        const { platform, content } = publication;
        if (draftId === null && description.abilities.drafts)
          throw new AppError('conflict', 'There is no draft to publish.');
        const of = { publicationId, userId: publication.userId, phase: 'commit' } as const;
        let pictured = Promise.resolve();
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
          pictured = evidence.after(page, of);
          await Promise.all([liftFence(page), keepLogin(worker, { account, publication }, page)]);
          return post;
        });
        void worker.nextEditor.after(publication, pictured);
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
          throw new AppError('browser_lost', 'The browser died while it looked: another one is to look.');
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
