import { createPostingSlots } from './posting-slots.ts';
import { createRecurringPosts } from './recurring-posts.ts';
import { createRecurringRun } from './recurring-run.ts';
import type { RecurringRunDependencies } from './recurring-run.ts';

export { localTime, postingSlots, rruleText, zoneName } from './schedule-input.ts';
export { nextFreeSlot } from './posting-slots.ts';
export { recurringSummary } from './recurring-view.ts';
export type { MadeOccurrence, NextOccurrence } from './recurring-run.ts';
export type { RecurringPost } from '../../entities/recurring-post.ts';

/** Time as people mean it: posting slots, and posts that recur. See docs/adr/0011-time.md. */
export function createSchedule(dependencies: RecurringRunDependencies) {
  return {
    slots: createPostingSlots(dependencies),
    recurring: createRecurringPosts(dependencies),
    run: createRecurringRun(dependencies),
  };
}

export type Schedule = ReturnType<typeof createSchedule>;
