import { cancellationSignal } from '@temporalio/activity';
import type { Page } from 'playwright-core';
import { handOff } from '../domain/login/login.ts';
import { platformOf } from '../domain/platforms/drivers.ts';
import type { Platform, PlatformLogin } from '../domain/platforms/index.ts';
import { AppError } from '../errors.ts';
import type { PublicationRef } from './browser.ts';
import { keepLogin, openSeed } from './session-job.ts';
import type { BrowserWorker } from './session-job.ts';
import { withHeartbeat } from './heartbeat.ts';

/** `busy`: too many sessions of this worker wait for people already. */
export type HandedOff = { outcome: 'solved' | 'expired' | 'unanswerable' | 'busy' };

/** The login that a person finishes, in the session that was asked for it. */
export const loginActivities = (worker: BrowserWorker, driverOf: (platform: string) => Platform = platformOf) => {
  const { publishing, login: challenges, config, logger } = worker.services;
  const most = Math.max(1, Math.floor(config.BROWSER_SLOTS / 2));
  let waiting = 0;

  async function onPage(publicationId: string, page: Page, job: Job): Promise<HandedOff> {
    const driver = driverOf(job.publication.platform);
    if (!driver.login) return { outcome: 'unanswerable' };
    const met = await whatIsMet(page, driver, driver.login);
    if (met === 'editor') return solved(page, job);
    if (met === 'unanswerable') return { outcome: 'unanswerable' };
    const outcome = await handOff({
      page,
      login: driver.login,
      publicationId,
      challenges,
      onAsked: (asked) => publishing.publications.tellChallenge(publicationId, asked),
      expiresAt: new Date(Date.now() + config.LOGIN_HAND_OFF_MS),
      signal: cancellationSignal(),
      logger,
    });
    return outcome === 'solved' ? solved(page, job) : { outcome };
  }

  async function solved(page: Page, job: Job): Promise<HandedOff> {
    await keepLogin(worker, job, page);
    return { outcome: 'solved' };
  }

  async function session(publicationId: string): Promise<HandedOff> {
    const job = await publishing.forBrowser(publicationId);
    const ended = await worker.pool.withSession(job.account.id, {
      open: () => openSeed(worker, job),
      work: (page) => onPage(publicationId, page, job),
    });
    if (ended.outcome !== 'solved') await worker.pool.drop(job.account.id); // the next one opens with new credentials
    return ended;
  }

  return {
    handOffLogin: ({ publicationId }: PublicationRef): Promise<HandedOff> =>
      withHeartbeat(async () => {
        if (waiting >= most) return { outcome: 'busy' };
        waiting += 1;
        try {
          return await session(publicationId);
        } finally {
          waiting -= 1;
        }
      }),
  };
};

type Job = Awaited<ReturnType<BrowserWorker['services']['publishing']['forBrowser']>>;

/**
 * A page that asks already is left as it is; a session that was opened anew is led to where it is asked. What its adapter
 * cannot show to a person is not waited for.
 */
async function whatIsMet(page: Page, driver: Platform, login: PlatformLogin): Promise<Met> {
  if (await login.challenge(page)) return 'question';
  try {
    await driver.checkLogin(page);
    return 'editor';
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'needs_login')) throw error;
    return (await login.challenge(page)) ? 'question' : 'unanswerable';
  }
}

type Met = 'question' | 'editor' | 'unanswerable';
