import type { Page } from 'playwright-core';
import type { BrowserPool } from '../domain/browsers/browser-pool.ts';
import { leaveFenced } from '../domain/browsers/click-fence.ts';
import { platformOf } from '../domain/platforms/drivers.ts';
import type { Services } from '../services.ts';

export type NextEditorParts = {
  pool: BrowserPool;
  publishing: Pick<Services['publishing'], 'next'>;
  logger: Pick<Services['logger'], 'warn'>;
};

/**
 * Opens the editor ahead of time in sessions that are warm: opening it is most of what a publication takes. Where none is
 * to come the page is closed, for it holds most of a session's memory. It is a courtesy, and whatever goes wrong is found
 * by the job itself.
 */
export function createNextEditor({ pool, publishing, logger }: NextEditorParts) {
  /** Publications that an editor was opened for. */
  const met = new Set<string>();

  const untroubled = (work: () => Promise<void>) =>
    work().catch((error: unknown) => logger.warn({ err: error }, 'no editor was opened ahead of time'));

  return {
    /**
     * After a publication's last job: the editor for another one of its account that waits or is due soon, else no page.
     * @param pictured resolves when the page may be left: its next job waits for that, and the run does not
     */
    after: (publication: Published, pictured: Promise<void>): Promise<void> =>
      untroubled(async () => {
        const another = publishing.next.hasAnother(publication, SOON_MS);
        const readied = pool.betweenJobs(publication.accountId, async (page) => {
          const [isAnother] = await Promise.all([another, pictured]);
          await (isAnother ? getReady(page, publication.platform) : page.close());
        });
        await Promise.all([another, readied]); // what the question failed with is told
      }),

    /** Before something is due. To be called every second or so. */
    before: (): Promise<void> =>
      untroubled(async () => {
        if (met.size > MOST_MET) met.clear();
        const next = await publishing.next.ofResting(pool.accountIds(), SOON_MS);
        const unmet = next.filter(({ publicationId }) => !met.has(publicationId));
        for (const { publicationId } of unmet) met.add(publicationId);
        await Promise.all(
          unmet.map(({ accountId, platform }) => pool.betweenJobs(accountId, (page) => getReady(page, platform))),
        );
      }),
  };
}

type Published = { id: string; accountId: string; platform: string };
export type NextEditor = ReturnType<typeof createNextEditor>;

async function getReady(page: Page, platform: string): Promise<void> {
  await leaveFenced(page);
  await platformOf(platform).checkLogin(page);
}

/** Less than a page that nobody uses is kept for. */
const SOON_MS = 15_000;
const MOST_MET = 10_000;
