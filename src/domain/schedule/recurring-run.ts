import { LockMode } from '@mikro-orm/core';
import { PublicationEvent } from '../../entities/publication-event.ts';
import { Publication } from '../../entities/publication.ts';
import { RecurringPost } from '../../entities/recurring-post.ts';
import type { Em } from '../../infra/database.ts';
import { occurrencesAfter } from './occurrences.ts';
import { publicationIdOf, settleUntil } from './recurring-plan.ts';
import type { RecurringDependencies } from './recurring-posts.ts';
import type { LocalTime } from './wall-clock.ts';

export type RecurringRunDependencies = RecurringDependencies & {
  /** How late an occurrence may be and still be made. */
  lateMs: number;
};

/** What the run of a recurring post does. Each step holds the row's lock, so that changes come before or after it. */
export function createRecurringRun({ database, credentials, publishing, now, lateMs }: RecurringRunDependencies) {
  return {
    /** What to wait for. What is too late by now is skipped first, with a note: nothing is published in a burst. */
    next: (id: string): Promise<NextOccurrence> =>
      locked(id, async (em, post) => {
        if (!post) return { kind: 'absent' };
        if (post.state === 'active') skipLate(post);
        if (post.state === 'ended') await credentials.dropGrants(em, id);
        if (post.state !== 'active' || !post.nextOccurrence || !post.nextAt) return { kind: idle(post) };
        return { kind: 'due', local: post.nextOccurrence, at: post.nextAt.toISOString() };
      }),

    /**
     * Makes the publication of an occurrence, once: its id is the occurrence's, and a second call answers the first one's.
     * @returns null when it is not wanted any more, because the post was paused, changed or ended meanwhile
     */
    make: (id: string, local: LocalTime): Promise<MadeOccurrence | null> =>
      locked(id, async (em, post) => {
        if (!post) return null;
        const publicationId = publicationIdOf(id, local);
        const made = await em.findOne(Publication, publicationId);
        const isNext = post.state === 'active' && post.nextOccurrence === local && post.nextAt;
        if (!isNext) return made && occurrenceOf(made);
        const at = post.nextAt ?? now();
        const publication = made ?? (await add(em, { post, publicationId, local, at }));
        settleUntil(post, at);
        return occurrenceOf(publication);
      }),
  };

  function locked<T>(id: string, step: (em: Em, post: RecurringPost | null) => Promise<T>): Promise<T> {
    const lock = { lockMode: LockMode.PESSIMISTIC_WRITE };
    return database.em.fork().transactional(async (em) => step(em, await em.findOne(RecurringPost, { id }, lock)));
  }

  function skipLate(post: RecurringPost): void {
    const newestLate = new Date(now().getTime() - lateMs);
    const late = occurrencesAfter(post, post.doneUntil).filter(({ at }) => at < newestLate);
    const last = late.at(-1);
    post.skipped += late.length;
    if (last) post.lastNote = `Skipped ${late.length} up to ${last.local}, which could not be made in time.`;
    settleUntil(post, last?.at ?? post.doneUntil); // also after a change of the zone's rules
  }

  async function add(em: Em, { post, publicationId, local, at }: ToMake): Promise<Publication> {
    const { userId, accountId, platform, content } = post;
    const row = {
      id: publicationId,
      userId,
      accountId,
      platform,
      content,
      scheduledAt: at,
      state: 'scheduled',
    } as const;
    const publication = await publishing.publications.add(em, row);
    const hasGrant = await credentials.handOnGrants(em, { recurringPostId: post.id, local }, publicationId);
    const note = hasGrant ? 'with its grant' : 'without a grant, so that it will need a login';
    em.create(PublicationEvent, {
      publicationId,
      state: publication.state,
      note: `made by ${post.id} for ${local} in ${post.zone}, ${note}`,
      at: now(),
    });
    post.made += 1;
    if (!hasGrant) post.lastNote = `The post of ${local} had no grant: it needs a login.`;
    return publication;
  }
}

export type NextOccurrence =
  { kind: 'due'; local: LocalTime; /** ISO-8601 */ at: string } | { kind: 'absent' | 'paused' | 'ended' };

export type MadeOccurrence = {
  publicationId: string;
  userId: string;
  accountId: string;
  platform: string;
  /** ISO-8601 */
  dueAt: string | null;
};

type ToMake = { post: RecurringPost; publicationId: string; local: LocalTime; at: Date };

const idle = ({ state }: RecurringPost) => (state === 'paused' ? 'paused' : 'ended');

const occurrenceOf = ({ id, userId, accountId, platform, scheduledAt }: Publication): MadeOccurrence => ({
  publicationId: id,
  userId,
  accountId,
  platform,
  dueAt: scheduledAt?.toISOString() ?? null,
});
