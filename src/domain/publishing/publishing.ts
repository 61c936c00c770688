import { Media } from '../../entities/media.ts';
import { PlatformAccount } from '../../entities/platform-account.ts';
import type { Publication } from '../../entities/publication.ts';
import { AppError } from '../../errors.ts';
import type { Database, Em } from '../../infra/database.ts';
import type { Credentials } from '../credentials/credentials.ts';
import { once } from '../idempotency/idempotency.ts';
import type { MediaStore } from '../media/media.ts';
import { descriptionOf, violationsOf } from '../platforms/index.ts';
import { createCommitGate } from './commit-gate.ts';
import { createConnectAccount } from './connect-account.ts';
import type { PublicationContentInput } from './publication-content.ts';
import { createPublications } from './publications.ts';
import { publicationStatus } from './publication-status.ts';

export type PublishingDependencies = {
  database: Database;
  credentials: Credentials;
  media: MediaStore;
  now: () => Date;
};

/** Publications from the request to the final state. The workflow `publish` tells when; here is what. */
export function createPublishing({ database, credentials, media, now }: PublishingDependencies) {
  const publications = createPublications({ database, now });
  const account = (accountId: string) => database.em.fork().findOneOrFail(PlatformAccount, accountId);
  return {
    publications,
    gate: createCommitGate({ database, now }),

    /**
     * Makes the row and keeps the grant, in one transaction with the idempotency key. Starting the workflow is the
     * caller's next step, and safe to repeat: its id is the publication's.
     * @throws AppError `not_found` (platform, account, cover), `unprocessable` with every violated limit,
     *   `invalid_request` (time in the past, grant that fits not), `idempotency_conflict`
     */
    async create(request: PublishRequest): Promise<Publication> {
      const { userId, platform, content, scheduledAt, grant } = request;
      refuseViolations(platform, content);
      const em = database.em.fork();
      const { resourceId } = await once(em, {
        userId,
        operation: 'publish',
        key: request.idempotencyKey,
        body: { platform, account: request.accountId, content, at: scheduledAt?.toISOString() ?? null, grant },
        create: async (inner) => {
          if (scheduledAt && scheduledAt <= now()) throw invalid('scheduled_at', 'scheduled_at must be in the future.');
          const own = await ownAccount(inner, request);
          await refuseForeignCover(inner, userId, content.cover_media_id);
          const row = { userId, accountId: own.id, platform, content: stored(content), scheduledAt };
          const publication = await publications.add(inner, row);
          await credentials.addGrant(inner, {
            userId,
            accountId: own.id,
            publicationId: publication.id,
            sealed: grant,
            neededAt: scheduledAt ?? undefined,
          });
          return publication.id;
        },
      });
      return publications.load(resourceId);
    },

    connectAccount: createConnectAccount({ database, credentials }),

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

export type PublishRequest = {
  userId: string;
  platform: string;
  /** The client's name for the account. */
  accountId: string;
  content: PublicationContentInput;
  scheduledAt: Date | null;
  /** Sealed by the client to the browser workers' key. */
  grant: unknown;
  idempotencyKey: string | null;
};

const EVIDENCE_LINK_SECONDS = 3_600;

function refuseViolations(platform: string, content: PublicationContentInput): void {
  const violations = violationsOf(descriptionOf(platform), stored(content));
  if (violations.length === 0) return;
  const [first] = violations;
  throw new AppError('unprocessable', first?.message ?? 'The content breaks a limit.', { details: { violations } });
}

export type AccountOfUser = Pick<PublishRequest, 'userId' | 'platform' | 'accountId'>;

async function ownAccount(em: Em, { userId, platform, accountId }: AccountOfUser): Promise<PlatformAccount> {
  const account = await em.findOne(PlatformAccount, { userId, platform, externalId: accountId });
  if (account) return account;
  throw new AppError('not_found', 'There is no such account on this platform.', { details: { field: 'account_id' } });
}

async function refuseForeignCover(em: Em, userId: string, mediaId: string | null): Promise<void> {
  if (mediaId === null || (await em.count(Media, { id: mediaId, userId })) === 1) return;
  throw new AppError('not_found', 'There is no such cover.', { details: { field: 'content.cover_media_id' } });
}

const stored = (content: PublicationContentInput) => ({
  title: content.title,
  markdown: content.markdown,
  tags: content.tags,
  coverMediaId: content.cover_media_id,
  aiGenerated: content.ai_generated,
});

const invalid = (field: string, message: string) => new AppError('invalid_request', message, { details: { field } });
