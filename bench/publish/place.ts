/** The whole application on the stack's real sites, with accounts of one creator. */
import { randomBytes } from 'node:crypto';
import { until } from '../../dev/stack/until.ts';
import { memoryBelow } from '../../src/domain/browsers/process-memory.ts';
import { Publication } from '../../src/entities/publication.ts';
import { applicationPlace } from '../../test/application-place.ts';
import { bloggers } from '../../test/publish-chaos/bloggers.ts';
import type { Site } from '../../test/publish-chaos/sites.ts';
import { residentMb } from '../process-stats.ts';

export type PublishPlaceOptions = { accounts: readonly (readonly [Site, number])[]; slots: number };

export async function publishPlace({ accounts, slots }: PublishPlaceOptions) {
  const settings = { BROWSER_SLOTS: String(slots), ACCESS_TOKEN_SECONDS: '86400', SESSION_IDLE_MS: '3600000' };
  const place = await applicationPlace({
    namespace: `bench-publish-${randomBytes(4).toString('hex')}`,
    env: async () => settings,
  });
  const { blogs } = await bloggers(place.application.url, accounts);

  return {
    services: place.services,
    blogs,

    /** Waits until it is public. @throws Error when it ends otherwise, or takes minutes */
    async published(publicationId: string) {
      let row = await load(publicationId);
      await until(async () => ended.has((row = await load(publicationId)).state), { timeoutMs: 600_000, everyMs: 200 });
      const { state, errorMessage, platformPostUrl: url, commitStartedAt: clickedAt } = row;
      if (state !== 'published' || !url || !clickedAt)
        throw new Error(`${publicationId} ended as ${state}: ${errorMessage}`);
      return { url, clickedAt };
    },

    /** Shared pages are counted once. */
    async browserMemory(): Promise<{ browserMb: number; workerMb: number }> {
      const { pid } = place.application.processes.browser;
      return { browserMb: ((await memoryBelow(pid)) ?? Number.NaN) / 1_048_576, workerMb: residentMb(pid) };
    },

    close: () => place.close(),
  };

  function load(publicationId: string) {
    return place.services.database.em.fork().findOneOrFail(Publication, publicationId);
  }
}

export type PublishPlace = Awaited<ReturnType<typeof publishPlace>>;

const ended: ReadonlySet<string> = new Set([
  'published',
  'failed',
  'unconfirmed',
  'cancelled',
  'missed',
  'needs_login',
]);
