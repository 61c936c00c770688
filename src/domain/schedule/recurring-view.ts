import type { RecurringPost } from '../../entities/recurring-post.ts';
import { occurrencesAfter } from './occurrences.ts';

/** How the API shows a recurring post alone. */
export function recurringView(post: RecurringPost, granted: ReadonlyMap<string, Date>) {
  const coming = post.state === 'ended' ? [] : occurrencesAfter(post, post.doneUntil).slice(0, SHOWN);
  return {
    ...recurringSummary(post),
    content: {
      title: post.content.title,
      markdown: post.content.markdown,
      tags: post.content.tags,
      cover_media_id: post.content.coverMediaId,
      ai_generated: post.content.aiGenerated,
    },
    coming: coming.map(({ local, at }) => ({
      occurrence: local,
      at: at.toISOString(),
      has_grant: (granted.get(local)?.getTime() ?? 0) > at.getTime(),
    })),
  };
}

/** How it is shown in a list. */
export const recurringSummary = (post: RecurringPost) => ({
  id: post.id,
  platform: post.platform,
  title: post.content.title,
  rrule: post.rrule,
  starts_at: post.startsAt,
  zone: post.zone,
  status: post.state,
  next_at: post.state === 'active' ? (post.nextAt?.toISOString() ?? null) : null,
  ends_at: post.endsAt.toISOString(),
  made: post.made,
  skipped: post.skipped,
  note: post.lastNote ?? null,
  created_at: post.createdAt.toISOString(),
});

/** As many coming occurrences as a client may attach grants for at once. */
const SHOWN = 100;
