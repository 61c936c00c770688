import { PlatformAccount } from '../../entities/platform-account.ts';
import type { Config } from '../../infra/config.ts';
import type { Database } from '../../infra/database.ts';
import type { Credentials } from '../credentials/credentials.ts';
import type { MediaStore } from '../media/media.ts';
import { createCommitGate } from './commit-gate.ts';
import { createConnectAccount } from './connect-account.ts';
import { createNewPublications, ownAccount } from './new-publications.ts';
import type { AccountOfUser } from './new-publications.ts';
import { createPublicationChanges } from './publication-changes.ts';
import { createPublicationEnds } from './publication-ends.ts';
import { checkedContent } from './publication-content.ts';
import { listPublications } from './publication-list.ts';
import type { PublicationFilter } from './publication-list.ts';
import { createPublications } from './publications.ts';
import { publicationStatus, publicationSummary } from './publication-status.ts';

export { isFinal } from './publication.policy.ts';
export { publicationStates } from '../../entities/publication.ts';
export type { Publications } from './publications.ts';
export type { PublishRequest } from './new-publications.ts';
export type { PublicationContentInput } from './publication-content.ts';

export type PublishingDependencies = {
  database: Database;
  credentials: Credentials;
  media: MediaStore;
  now: () => Date;
  config: Pick<Config, 'DUPLICATE_HOURS' | 'PUBLISH_MOST_LATE_MINUTES'>;
};

/** Publications from the request to the final state. The workflow `publish` tells when; here is what. */
export function createPublishing(dependencies: PublishingDependencies) {
  const { database, credentials, media, config, now } = dependencies;
  const publications = createPublications({ database, now });
  const parts = { ...dependencies, publications, duplicateMs: config.DUPLICATE_HOURS * 3_600_000 };
  const account = (accountId: string) => database.em.fork().findOneOrFail(PlatformAccount, accountId);
  return {
    publications,
    gate: createCommitGate({ database, now }),

    ...createNewPublications(parts),
    ...createPublicationChanges(parts),
    ...createPublicationEnds(parts),

    /** @returns whether the row is this run's to follow, and how late a scheduled post may be and still be published */
    async startRun(publicationId: string, runId: string): Promise<{ isMine: boolean; mostLateMs: number }> {
      const isMine = await publications.claimRun(publicationId, runId);
      return { isMine, mostLateMs: config.PUBLISH_MOST_LATE_MINUTES * 60_000 };
    },

    /** Content as rows keep it. */
    checkedContent,

    list: (userId: string, filter: PublicationFilter) => listPublications(database, userId, filter),

    connectAccount: createConnectAccount({ database, credentials }),

    /** A publication as it stands in a list. */
    shown: publicationSummary,

    /** A publication with its history and links to its evidence, as the API shows it. */
    async status(userId: string, publicationId: string) {
      const publication = await publications.own(userId, publicationId);
      const links = await Promise.all(publication.evidence.map((id) => media.link(userId, id, EVIDENCE_LINK_SECONDS)));
      return publicationStatus(publication, await publications.history(publicationId), links);
    },

    account,

    /** @throws AppError `not_found`, for another user's account too */
    ownAccount: (wanted: AccountOfUser) => ownAccount(database.em.fork(), wanted),

    /** All that a browser worker needs to fill the editor. */
    async forBrowser(publicationId: string) {
      const publication = await publications.load(publicationId);
      const { coverMediaId } = publication.content;
      return {
        publication,
        account: await account(publication.accountId),
        cover: coverMediaId ? await media.load(coverMediaId) : null,
      };
    },
  };
}

export type Publishing = ReturnType<typeof createPublishing>;

const EVIDENCE_LINK_SECONDS = 3_600;
