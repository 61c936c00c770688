import type { Client } from '@temporalio/client';
import type { RecurringPost } from '../domain/schedule/schedule.ts';
import { recurringWorkflowId } from '../workflows/ids.ts';
import type { recurringPost, RecurringPostInput } from '../workflows/recurring-post.ts';
import { common, pair } from './start-once.ts';

/** Begins the runs of recurring posts and tells them of changes. Both may be repeated. */
export function createRecurringWork({ temporal }: { temporal: Client }) {
  return {
    async begin(post: RecurringPost): Promise<void> {
      await temporal.workflow.start<typeof recurringPost>('recurringPost', optionsOf(post));
    },

    /** Wakes the run; one that is not there, because somebody has ended it by hand, is begun again. */
    async changed(post: RecurringPost): Promise<void> {
      await temporal.workflow.signalWithStart<typeof recurringPost>('recurringPost', {
        ...optionsOf(post),
        signal: 'recurringChanged',
      });
    },
  };
}

export type RecurringWork = ReturnType<typeof createRecurringWork>;

type Owned = Pick<RecurringPost, 'id' | 'userId' | 'accountId' | 'platform'>;

const optionsOf = ({ id, userId, accountId, platform }: Owned) => ({
  ...common(recurringWorkflowId(id), `Publishes to ${platform}, again and again`, [
    pair('taskKind', 'recurring'),
    pair('userId', userId),
    pair('accountId', accountId),
    pair('platform', platform),
  ]),
  workflowIdReusePolicy: 'ALLOW_DUPLICATE' as const, // the row knows whether there is anything left to do
  args: [{ recurringId: id }] satisfies [RecurringPostInput],
});
