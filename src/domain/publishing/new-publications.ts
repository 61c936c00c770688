import { LockMode } from '@mikro-orm/core';
import { PlatformAccount } from '../../entities/platform-account.ts';
import type { Publication } from '../../entities/publication.ts';
import { AppError, fieldError } from '../../errors.ts';
import type { Database, Em } from '../../infra/database.ts';
import { newId } from '../../infra/ids.ts';
import type { Credentials } from '../credentials/credentials.ts';
import { once } from '../idempotency/idempotency.ts';
import { nextFreeSlot } from '../schedule/schedule.ts';
import { refuseDuplicate } from './duplicates.ts';
import { problemOf, problemsOf, refusedBatch } from './batch-problems.ts';
import type { TargetProblem } from './batch-problems.ts';
import type { CheckContent, PublicationContentInput } from './publication-content.ts';
import type { Publications } from './publications.ts';

export type NewPublicationParts = {
  database: Database;
  credentials: Credentials;
  publications: Publications;
  checkedContent: CheckContent;
  now: () => Date;
  duplicateMs: number;
};

/** Publications as they are asked for: all is checked before anything is written, and written in one transaction. */
export function createNewPublications(parts: NewPublicationParts) {
  const { database, credentials, publications, checkedContent, now, duplicateMs } = parts;
  return {
    /**
     * Makes the row and keeps the grant. Starting its run is the caller's next step; the sweep does it when the caller dies.
     * @throws AppError `not_found` (platform, account, cover), `unprocessable` with every violated limit, `duplicate`,
     *   `conflict` (disabled account), `invalid_request` (time in the past, grant that fits not), `idempotency_conflict`
     */
    async create(request: PublishRequest): Promise<Publication> {
      const { userId, platform, content, scheduledAt: at, force } = request;
      const { resourceId } = await once(database.em.fork(), {
        userId,
        operation: 'publish',
        key: request.idempotencyKey,
        body: {
          platform,
          account: request.accountId,
          content,
          at: at instanceof Date ? at.toISOString() : at,
          grant: grantSent(request),
          force,
        },
        create: (em) => addOne(em, request, null),
      });
      return publications.load(resourceId);
    },

    /**
     * The same to many accounts: all of them or none. What is wrong with any of them is told together.
     * @throws AppError `unprocessable` with `details.violations` of every target, `idempotency_conflict`
     * @returns the batch's id
     */
    async createBatch({ userId, idempotencyKey, targets }: BatchRequest): Promise<string> {
      const { resourceId } = await once(database.em.fork(), {
        userId,
        operation: 'publish-batch',
        key: idempotencyKey,
        body: targets.map((target) => ({ ...target, grant: grantSent(target), sealedHere: undefined })),
        async create(em) {
          await lockAccounts(em, userId);
          const batchId = newId('bat');
          const problems: TargetProblem[] = [];
          for (const [at, target] of targets.entries()) {
            const problem = await problemOf(() => addOne(em, { ...target, userId }, batchId));
            if (problem) problems.push(...problemsOf(problem, { at, target }));
          }
          if (problems.length > 0) throw refusedBatch(problems);
          return batchId;
        },
      });
      return resourceId;
    },

    /** Without a grant and a time: those come when it is published. @throws as `create` does */
    async createDraft(request: DraftRequest): Promise<Publication> {
      const { userId, platform, content } = request;
      return database.em.fork().transactional(async (em) => {
        const stored = await checkedContent(em, { userId, platform, content });
        const own = await ownAccount(em, request);
        const row = { userId, accountId: own.id, platform, content: stored, scheduledAt: null };
        return publications.add(em, { ...row, state: 'draft' });
      });
    },
  };

  async function addOne(em: Em, request: Target & { userId: string }, batchId: string | null): Promise<string> {
    const { userId, platform, content, grant, force } = request;
    const stored = await checkedContent(em, { userId, platform, content });
    const own = await ownAccount(em, request);
    refuseDisabled(own);
    const scheduledAt = await timeOf(em, { accountId: own.id, wanted: request.scheduledAt, now: now() });
    if (!force) await refuseDuplicate(em, { accountId: own.id, content: stored, since: duplicatesSince() });
    const state = scheduledAt ? 'scheduled' : 'queued';
    const row = { userId, accountId: own.id, platform, content: stored, scheduledAt, state, batchId } as const;
    const { id } = await publications.add(em, row);
    const neededAt = scheduledAt ?? undefined;
    await credentials.addGrant(em, { userId, accountId: own.id, publicationId: id, sealed: grant, neededAt });
    return id;
  }

  function duplicatesSince(): Date {
    return new Date(now().getTime() - duplicateMs);
  }
}

const grantSent = ({ grant, sealedHere }: Target): unknown => (sealedHere ? 'sealed here' : grant);

export type PublishRequest = Target & { userId: string; idempotencyKey: string | null };

export type BatchRequest = { userId: string; idempotencyKey: string | null; targets: readonly Target[] };

export type Target = Omit<DraftRequest, 'userId'> & {
  scheduledAt: WantedTime | null;
  /** Sealed by the client to the browser workers' key. */
  grant: unknown;
  /** Whether the API sealed the grant: then it is another one each time that the same request comes. */
  sealedHere?: boolean;
  /** Publishes what the account has already. */
  force: boolean;
};

export type DraftRequest = AccountOfUser & { content: PublicationContentInput };

export type AccountOfUser = {
  userId: string;
  platform: string;
  /** The client's name for the account. */
  accountId: string;
};

/** In one order, so that two batches at once never wait for each other. */
async function lockAccounts(em: Em, userId: string): Promise<void> {
  await em.find(PlatformAccount, { userId }, { orderBy: { id: 'asc' }, lockMode: LockMode.PESSIMISTIC_WRITE });
}

/** A time, or the first posting slot of the account that is free. */
export type WantedTime = Date | 'next_free_slot';

/**
 * To be called in the transaction that writes the time: until its end nobody else gets the slot.
 * @param request.accountId id of the account's row
 * @throws AppError `invalid_request` for a time that has passed, `unprocessable` where there is no slot
 */
export async function timeOf(em: Em, { accountId, wanted, now }: TimeRequest): Promise<Date | null> {
  if (wanted === 'next_free_slot') return nextFreeSlot(em, accountId, now);
  if (wanted && wanted <= now) throw fieldError('invalid_request', 'scheduled_at', 'must be in the future');
  return wanted;
}

type TimeRequest = { accountId: string; wanted: WantedTime | null; now: Date };

/** @throws AppError `conflict`: it would wait for ever, and its grant would not */
export function refuseDisabled({ health }: Pick<PlatformAccount, 'health'>): void {
  if (health !== 'disabled') return;
  throw new AppError('conflict', 'The account is disabled: enable it first.', { details: { health } });
}

export async function ownAccount(em: Em, { userId, platform, accountId }: AccountOfUser): Promise<PlatformAccount> {
  const account = await em.findOne(PlatformAccount, { userId, platform, externalId: accountId });
  if (account) return account;
  throw new AppError('not_found', 'There is no such account on this platform.', { details: { field: 'account_id' } });
}
