import { condition, defineUpdate, setHandler, ApplicationFailure, CancellationScope } from '@temporalio/workflow';

/** Moves the time of a publication that is not yet on its way. The argument is an ISO-8601 time. */
export const reschedulePublication = defineUpdate<void, [string]>('reschedule');
export const publishNow = defineUpdate<void>('publishNow');
/** Cancels, unless the commit point is reached: then it is refused with `too_late`. */
export const cancelPublication = defineUpdate<void>('cancel');

/**
 * When a publication is due, and whether that can still change. Until `close()` it may be moved or cancelled; updates
 * that come later are refused by their validators, before they enter the history.
 */
export function movablePlan(dueAt: string | null) {
  let dueMs = dueAt === null ? 0 : Date.parse(dueAt);
  let moves = 0;
  let open = true;
  const scope = new CancellationScope();

  const whileOpen = { validator: () => refuseUnless(open) };
  const moveTo = (ms: number) => {
    dueMs = ms;
    moves += 1;
  };
  setHandler(reschedulePublication, (at) => moveTo(Date.parse(at)), {
    validator: (at) => {
      refuseUnless(open);
      if (Number.isNaN(Date.parse(at))) throw ApplicationFailure.nonRetryable('not a time', 'invalid_request');
    },
  });
  setHandler(publishNow, () => moveTo(0), whileOpen);
  setHandler(cancelPublication, () => scope.cancel(), whileOpen);

  return {
    /** Runs the cancellable part of the story. Cancelling the workflow itself counts as well. */
    run: <T>(story: () => Promise<T>) => scope.run(story),

    async due(): Promise<void> {
      for (let seen = -1; seen !== moves;) {
        seen = moves;
        const waitMs = dueMs - Date.now();
        if (waitMs > 0) await condition(() => moves !== seen, waitMs);
      }
    },

    close: () => void (open = false),
    reopen: () => void (open = true),
  };
}

export type MovablePlan = ReturnType<typeof movablePlan>;

function refuseUnless(open: boolean): void {
  if (!open)
    throw ApplicationFailure.nonRetryable(
      'Too late: the post is on its way, its outcome is being settled.',
      'too_late',
    );
}
