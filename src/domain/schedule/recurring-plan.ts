import { encodeTime } from 'ulid';
import type { RecurringPost } from '../../entities/recurring-post.ts';
import { occurrencesAfter } from './occurrences.ts';
import type { LocalTime } from './wall-clock.ts';

/** Settles everything up to a moment, and looks for what is next; when nothing is, the post has ended. */
export function settleUntil(post: RecurringPost, moment: Date): void {
  const [next] = occurrencesAfter(post, moment);
  post.doneUntil = moment;
  post.nextOccurrence = next?.local ?? null;
  post.nextAt = next?.at ?? null;
  if (!next) post.state = 'ended';
}

/**
 * The one id that an occurrence's publication can have, so that making it again finds it. Sorts by the local time, then
 * in the order in which the recurring posts were made.
 */
export function publicationIdOf(recurringPostId: string, local: LocalTime): string {
  const time = encodeTime(Date.parse(`${local}Z`), 10).toLowerCase();
  return `pub_${time}${recurringPostId.slice('rec_'.length)}`;
}
