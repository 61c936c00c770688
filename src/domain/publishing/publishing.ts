import { PlatformAccount } from '../../entities/platform-account.ts';
import type { Config } from '../../infra/config.ts';
import type { Database } from '../../infra/database.ts';
import type { Credentials } from '../credentials/credentials.ts';
import type { MediaStore } from '../media/media.ts';
import { createCommitGate } from './commit-gate.ts';
import { createConnectAccount } from './connect-account.ts';
import { createDropLeftovers } from './leftovers.ts';
import { createNewPublications, ownAccount } from './new-publications.ts';
import type { AccountOfUser } from './new-publications.ts';
import { createPublicationChanges } from './publication-changes.ts';
import { createNextPublications } from './next-publications.ts';
import { createPublicationEnds } from './publication-ends.ts';
import { createEnabledPlatforms } from '../platforms/index.ts';
import type { PlatformSettings } from '../platforms/index.ts';
import { createContentCheck } from './publication-content.ts';
import { listPublications } from './publication-list.ts';
import type { PublicationFilter } from './publication-list.ts';
import { createPublicationEvidence } from './publication-evidence.ts';
import { createPictures } from './pictures.ts';
import { createPublications } from './publications.ts';
import { evidenceView, publicationStatus, publicationSummary } from './publication-status.ts';

export { isFinal } from './publication.policy.ts';
export { aiDeclarations, loginReasons, publicationStates } from '../../entities/publication.ts';
export { evidenceKinds, evidencePhases } from '../../entities/publication-evidence.ts';
export type { NextPublication } from './next-publications.ts';
export type { EvidenceKind, EvidencePhase } from '../../entities/publication-evidence.ts';
export type { Publications } from './publications.ts';
export type { PublishRequest, Target, WantedTime } from './new-publications.ts';
export type { ChangeOrder, KeptChange } from './publication-changes.ts';
export type { PublicationContentInput } from './publication-content.ts';

export type PublishingDependencies = {
  database: Database;
  credentials: Credentials;
  media: MediaStore;
  now: () => Date;
  config: Pick<
    Config,
    'DUPLICATE_HOURS' | 'PUBLISH_MOST_LATE_MINUTES' | 'EVIDENCE_DAYS' | 'PUBLIC_URL' | 'SITE_PRIVATE_NETWORKS'
  > &
    PlatformSettings;
};

/** Publications from the request to the final state. The workflow `publish` tells when; here is what. */
export function createPublishing(dependencies: PublishingDependencies) {
  const { database, credentials, media, config, now } = dependencies;
  const publications = createPublications({ database, now });
  const evidence = createPublicationEvidence({ database, media, now, days: config.EVIDENCE_DAYS });
  const platforms = createEnabledPlatforms(config);
  const checkedContent = createContentCheck(platforms);
  const parts = { ...dependencies, publications, checkedContent, duplicateMs: config.DUPLICATE_HOURS * 3_600_000 };
  const account = (accountId: string) => database.em.fork().findOneOrFail(PlatformAccount, accountId);
  return {
    /** Which platforms there are, and where. */
    platforms,
    /** The pictures that a text shows. */
    pictures: createPictures(config),
    publications,
    evidence,
    next: createNextPublications({ database, now }),
    gate: createCommitGate({ database, now }),

    ...createNewPublications(parts),
    ...createPublicationChanges(parts),
    ...createPublicationEnds(parts),
    dropLeftovers: createDropLeftovers(parts),

    /**
     * @returns whether the row is this run's to follow, how late a scheduled post may be and still be published, and where
     *   operators find its evidence
     */
    async startRun(publicationId: string, runId: string): Promise<StartedRun> {
      const isMine = await publications.claimRun(publicationId, runId);
      const evidenceUrl = `${config.PUBLIC_URL}/api/v1/admin/publications/${publicationId}/evidence`;
      return { isMine, mostLateMs: config.PUBLISH_MOST_LATE_MINUTES * 60_000, evidenceUrl };
    },

    /** Content as rows keep it. */
    checkedContent,

    list: (userId: string, filter: PublicationFilter) => listPublications(database, userId, filter),

    connectAccount: createConnectAccount({ database, credentials }),

    /** Evidence as the API shows it. */
    shownEvidence: evidenceView,

    /** A publication as it stands in a list. */
    shown: publicationSummary,

    /** A publication with its history and links to its evidence, as the API shows it. */
    async status(userId: string, publicationId: string) {
      const publication = await publications.own(userId, publicationId);
      const history = await publications.history(publicationId);
      return publicationStatus(publication, history, await evidence.of(publication));
    },

    account,

    /** @throws AppError `not_found`, for another user's account too */
    ownAccount: (wanted: AccountOfUser) => ownAccount(database.em.fork(), wanted),

    /**
     * All that a browser worker needs to fill the editor.
     * @throws AppError `unprocessable` when the platform is not enabled any more
     */
    async forBrowser(publicationId: string) {
      const publication = await publications.load(publicationId);
      const description = platforms.enabled(publication.platform);
      const { coverMediaId } = publication.content;
      return {
        publication,
        description,
        account: await account(publication.accountId),
        cover: coverMediaId ? await media.load(coverMediaId) : null,
      };
    },
  };
}

export type StartedRun = { isMine: boolean; mostLateMs: number; evidenceUrl: string };

export type Publishing = ReturnType<typeof createPublishing>;
