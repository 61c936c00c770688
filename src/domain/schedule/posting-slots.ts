import { LockMode } from '@mikro-orm/core';
import { PlatformAccount } from '../../entities/platform-account.ts';
import type { PostingSlots } from '../../entities/platform-account.ts';
import { PublicationEdit } from '../../entities/publication-edit.ts';
import { Publication } from '../../entities/publication.ts';
import { RecurringPost } from '../../entities/recurring-post.ts';
import { AppError, fieldError } from '../../errors.ts';
import type { Database, Em } from '../../infra/database.ts';
import { occurrencesAfter } from './occurrences.ts';
import { freeSlots } from './slots.ts';

/** The times at which an account wants to post. */
export function createPostingSlots({ database, now }: { database: Database; now: () => Date }) {
  return {
    /** Slots of an account that has none are empty, in UTC. @throws AppError `not_found`, for another user's account too */
    async of(account: AccountName): Promise<PostingSlots> {
      return (await ownAccount(database.em.fork(), account)).postingSlots ?? noSlots;
    },

    /** Replaces them. Posts that are scheduled already keep their time. */
    async replace(account: AccountName, slots: PostingSlots): Promise<PostingSlots> {
      const em = database.em.fork();
      const row = await ownAccount(em, account);
      await em.nativeUpdate(PlatformAccount, { id: row.id }, { postingSlots: slots });
      return slots;
    },

    /** The next slots that nothing is scheduled in. */
    async next(account: AccountName, count: number): Promise<Date[]> {
      const em = database.em.fork();
      const { id, postingSlots } = await ownAccount(em, account);
      return postingSlots
        ? freeSlots(postingSlots, { after: now(), taken: await takenTimes(em, id, now()), count })
        : [];
    },
  };
}

/**
 * The account's next free slot. Called in the transaction that schedules the post: the account's row stays locked until its
 * end, so that two posts never take one slot.
 * @param accountId id of the account's row
 * @throws AppError `unprocessable` naming `scheduled_at` when the account has no slots, or none is free for a year
 */
export async function nextFreeSlot(em: Em, accountId: string, after: Date): Promise<Date> {
  const lock = { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true };
  const { postingSlots } = await em.findOneOrFail(PlatformAccount, { id: accountId }, lock);
  if (!postingSlots) throw fieldError('unprocessable', 'scheduled_at', 'this account has no posting slots');
  const [slot] = freeSlots(postingSlots, { after, taken: await takenTimes(em, accountId, after), count: 1 });
  if (!slot) throw fieldError('unprocessable', 'scheduled_at', 'no posting slot of this account is free for a year');
  return slot;
}

/** Times of publications that are, or will be, or are being moved there, and of the occurrences of recurring posts. */
async function takenTimes(em: Em, accountId: string, after: Date): Promise<Date[]> {
  const before = new Date(after.getTime() - 60_000);
  const publications = await em.find(
    Publication,
    { accountId, scheduledAt: { $gt: before }, state: { $nin: ['cancelled', 'failed', 'missed'] } },
    { fields: ['scheduledAt'] },
  );
  const moves = await em.find(PublicationEdit, { scheduledAt: { $gt: before } });
  const moved = await em.find(Publication, { accountId, id: { $in: moves.map(({ publicationId }) => publicationId) } });
  const ids = new Set(moved.map(({ id }) => id));
  const recurring = await em.find(RecurringPost, { accountId, state: 'active' });
  return [
    ...publications.flatMap(({ scheduledAt }) => scheduledAt ?? []),
    ...moves.flatMap(({ publicationId, scheduledAt }) => (ids.has(publicationId) ? (scheduledAt ?? []) : [])),
    ...recurring.flatMap((post) => occurrencesAfter(post, before).map(({ at }) => at)),
  ];
}

export type AccountName = {
  userId: string;
  platform: string;
  /** The client's name for the account. */
  accountId: string;
};

/** @throws AppError `not_found`, for another user's account too */
export async function ownAccount(em: Em, { userId, platform, accountId }: AccountName): Promise<PlatformAccount> {
  const account = await em.findOne(PlatformAccount, { userId, platform, externalId: accountId });
  if (account) return account;
  throw new AppError('not_found', 'There is no such account on this platform.', { details: { field: 'account_id' } });
}

const noSlots: PostingSlots = {
  zone: 'UTC',
  weekdays: { monday: [], tuesday: [], wednesday: [], thursday: [], friday: [], saturday: [], sunday: [] },
};
