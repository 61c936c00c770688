import { LockMode } from '@mikro-orm/core';
import type { RecurringPost as Row } from '../../entities/recurring-post.ts';
import { RecurringPost } from '../../entities/recurring-post.ts';
import { AppError, fieldError } from '../../errors.ts';
import type { Database, Em } from '../../infra/database.ts';
import { newId } from '../../infra/ids.ts';
import type { Credentials } from '../credentials/credentials.ts';
import { once } from '../idempotency/idempotency.ts';
import type { PublicationContentInput, Publishing } from '../publishing/publishing.ts';
import { ownAccount } from './posting-slots.ts';
import type { AccountName } from './posting-slots.ts';
import { occurrencesAfter } from './occurrences.ts';
import { timesOf } from './recurrence.ts';
import type { Rule } from './recurrence.ts';
import { settleUntil } from './recurring-plan.ts';
import { recurringView } from './recurring-view.ts';
import { openWallClock } from './wall-clock.ts';
import type { LocalTime } from './wall-clock.ts';

export type RecurringDependencies = {
  database: Database;
  credentials: Credentials;
  publishing: Pick<Publishing, 'publications' | 'checkedContent'>;
  now: () => Date;
};

/** Recurring posts as their owner sees and changes them. Their occurrences are made by `recurring-run.ts`. */
export function createRecurringPosts({ database, credentials, publishing, now }: RecurringDependencies) {
  return {
    /**
     * Makes the row, and has its run begun before the row is committed: a run without a row ends by itself, while a row
     * without a run would wait for ever.
     * @throws AppError `not_found` (platform, account, cover), `unprocessable` (rule, limits), `invalid_request` (grant)
     */
    async create({ begin, idempotencyKey, ...request }: NewRecurringPost): Promise<Row> {
      const { userId, platform, accountId, content, grants, rule } = request;
      const times = await timesOf(rule);
      const em = database.em.fork();
      const { resourceId } = await once(em, {
        userId,
        operation: 'recurring-post',
        key: idempotencyKey,
        body: { platform, account: accountId, content, rule, grants },
        create: async (inner) => {
          const account = await ownAccount(inner, request);
          const post = inner.create(RecurringPost, {
            id: newId('rec'),
            userId,
            accountId: account.id,
            platform,
            state: 'active',
            ...rule,
            content: await publishing.checkedContent(inner, { userId, platform, content }),
            times,
            endsAt: openWallClock(rule.zone).instantOf(times.at(-1) ?? rule.startsAt),
            doneUntil: now(),
            createdAt: now(),
            updatedAt: now(),
          });
          settleUntil(post, now());
          if (post.state === 'ended') throw fieldError('unprocessable', 'rrule', 'has no occurrence in the future');
          await inner.flush();
          await addGrants(inner, post, grants);
          await begin(post);
          return post.id;
        },
      });
      return own(database.em.fork(), { userId, id: resourceId });
    },

    /** With the coming occurrences, and whether each has its grant. @throws AppError `not_found` */
    async view(userId: string, id: string) {
      const em = database.em.fork();
      const post = await own(em, { userId, id });
      return recurringView(post, await credentials.grantedOccurrences(em, post));
    },

    /** Newest first. @param before the id of the last one on the page before */
    async list(userId: string, { limit, before }: { limit: number; before: string | null }): Promise<Row[]> {
      const where = { userId, ...(before === null ? {} : { id: { $lt: before } }) };
      return database.em.fork().find(RecurringPost, where, { orderBy: { id: 'desc' }, limit });
    },

    /**
     * Changes what is to come. What would have been due during a pause is not made up.
     * @throws AppError `not_found`, `conflict` when it has ended, and what `create` throws
     */
    change: (userId: string, id: string, { state, content, grants }: RecurringChange) =>
      database.em.fork().transactional(async (em) => {
        const post = await own(em, { userId, id }, LockMode.PESSIMISTIC_WRITE);
        if (post.state === 'ended') throw new AppError('conflict', 'This recurring post has ended.');
        if (content) post.content = await publishing.checkedContent(em, { userId, platform: post.platform, content });
        if (state === 'active' && post.state === 'paused') {
          post.state = 'active';
          settleUntil(post, now());
        }
        if (state === 'paused') post.state = 'paused';
        await em.flush();
        await addGrants(em, post, grants);
        return post;
      }),

    /** Ends it for good; what it has published stays. @throws AppError `not_found` */
    end: (userId: string, id: string) =>
      database.em.fork().transactional(async (em) => {
        const post = await own(em, { userId, id }, LockMode.PESSIMISTIC_WRITE);
        Object.assign(post, { state: 'ended', nextOccurrence: null, nextAt: null });
        await credentials.dropGrants(em, id);
        return post;
      }),
  };

  async function addGrants(em: Em, post: Row, grants: readonly OccurrenceGrant[]): Promise<void> {
    const { id: recurringPostId, userId, accountId } = post;
    const coming = new Map(occurrencesAfter(post, post.doneUntil).map(({ local, at }) => [local, at]));
    for (const [index, { occurrence: local, sealed }] of grants.entries()) {
      const neededAt = coming.get(local);
      if (!neededAt)
        throw fieldError('unprocessable', `grants.${index}.occurrence`, 'is no coming occurrence of this post');
      const occurrence = { recurringPostId, local };
      await credentials.addGrant(em, { userId, accountId, publicationId: null, occurrence, sealed, neededAt });
    }
  }
}

export type NewRecurringPost = AccountName & {
  content: PublicationContentInput;
  rule: Rule;
  grants: readonly OccurrenceGrant[];
  idempotencyKey: string | null;
  /** Begins the run. Called once, or again when the first try failed with the whole request. */
  begin: (post: Row) => Promise<void>;
};

/** Sealed by the client for one occurrence, which its local time names. */
export type OccurrenceGrant = { occurrence: LocalTime; sealed: unknown };

export type RecurringChange = {
  state: 'active' | 'paused' | undefined;
  content: PublicationContentInput | undefined;
  grants: readonly OccurrenceGrant[];
};

async function own(em: Em, which: { userId: string; id: string }, lockMode = LockMode.NONE): Promise<Row> {
  const post = await em.findOne(RecurringPost, which, { lockMode });
  if (!post) throw new AppError('not_found', 'There is no such recurring post.', { details: { field: 'id' } });
  return post;
}
