import {
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  condition,
  defineUpdate,
  setHandler,
} from '@temporalio/workflow';
import type { PublicationRecord } from './publication-record.ts';

/** Moves the time of a publication that is not yet on its way. The argument is an ISO-8601 time. */
export const reschedulePublication = defineUpdate<void, [string]>('reschedule');
export const publishNow = defineUpdate<void>('publishNow');
/** As clients of old ask: a content alone. The argument is the id of the edit's row. */
export const editPublication = defineUpdate<void, [string]>('edit');
/** Changes what will be published, when, or both at once. */
export const changePublication = defineUpdate<void, [PublicationChange]>('change');
/** Cancels, unless the commit point is reached: then it is refused with `too_late`. */
export const cancelPublication = defineUpdate<void>('cancel');

export type PublicationChange = {
  /** Of the row that holds the change. */
  editId: string;
  hasContent: boolean;
  /** ISO-8601; null leaves the time as it is. */
  at: string | null;
};

/**
 * When a publication is due, what it says, and whether that can still change. Until `close()` it may be moved, edited or
 * cancelled; updates that come later are refused by their validators, before they enter the history. One that is accepted
 * is in the row before it is answered, and the run works with it.
 */
export function movablePlan(dueAt: string | null, record: PublicationRecord) {
  let dueMs = dueAt === null ? 0 : Date.parse(dueAt);
  let moves = 0;
  let edits = 0;
  let unwritten = 0;
  let open = true;
  let tail: Promise<void> = Promise.resolve();
  const scope = new CancellationScope();

  /** One after the other, so that the last one accepted is the last one written. */
  async function written(write: () => Promise<void>): Promise<void> {
    unwritten += 1;
    const done = tail.then(() => CancellationScope.nonCancellable(write));
    tail = done.catch(() => undefined);
    try {
      await done;
    } finally {
      unwritten -= 1;
    }
  }
  async function moveTo(ms: number, at: string | null): Promise<void> {
    dueMs = ms;
    moves += 1;
    await written(() => record.moved(at));
  }
  const whileOpen = { validator: () => refuseUnless(open) };

  setHandler(reschedulePublication, (at) => moveTo(Date.parse(at), at), {
    validator: (at) => {
      refuseUnless(open);
      refuseNoTime(at);
    },
  });
  setHandler(publishNow, () => moveTo(0, null), whileOpen);
  setHandler(
    editPublication,
    (editId) => {
      edits += 1;
      return written(() => record.edited(editId));
    },
    { validator: (_editId) => refuseUnless(open) },
  );
  setHandler(
    changePublication,
    ({ editId, hasContent, at }) => {
      if (at !== null) {
        dueMs = Date.parse(at);
        moves += 1;
      }
      if (hasContent) edits += 1;
      return written(() => record.edited(editId));
    },
    {
      validator({ at }) {
        refuseUnless(open);
        if (at !== null) refuseNoTime(at);
      },
    },
  );
  setHandler(cancelPublication, () => scope.cancel(), whileOpen);

  return {
    /** Runs the cancellable part of the story. Cancelling the workflow itself counts as well. */
    run: <T>(story: () => Promise<T>) => scope.run(story),

    /**
     * Waits for the time. @returns by how much it has passed, in ms; 0 for what is to be published at once; null when it
     * was moved meanwhile
     */
    async due(): Promise<number | null> {
      const seen = moves;
      const waitMs = dueMs - Date.now();
      const summary = `Until it is due: ${new Date(dueMs).toISOString()}`;
      if (waitMs > 0 && (await condition(() => moves !== seen, waitMs, { summary }))) return null;
      return dueMs === 0 ? 0 : Math.max(0, Date.now() - dueMs);
    },

    /**
     * A cancel that was accepted in the same moment as something else ended comes before whatever that ended with.
     * @throws CancelledFailure
     */
    refuseCancelled(): void {
      if (scope.consideredCancelled) throw new CancelledFailure('cancelled in the same moment');
    },

    /** ISO-8601; null for what is to be published at once. */
    dueAt: () => (dueMs === 0 ? null : new Date(dueMs).toISOString()),

    /** Whether it was to be published at once from the start, and was never moved. */
    isPlain: () => dueAt === null && moves === 0,

    /** Whether its time is still to come. */
    isEarly: () => dueMs > Date.now(),

    /** Whether it was moved, and its time is still to come. */
    isPutOff: () => moves > 0 && dueMs > Date.now(),

    /** How many edits were accepted, once all of them stand in the row. */
    async edits(): Promise<number> {
      await condition(() => unwritten === 0);
      return edits;
    },

    /** Whether no other edit was accepted since. */
    isLatest: (seen: number) => seen === edits && unwritten === 0,

    close: () => void (open = false),
    reopen: () => void (open = true),

    /** To be awaited before the run ends: nobody's change is left half done. */
    allWritten: () => condition(() => unwritten === 0),
  };
}

export type MovablePlan = ReturnType<typeof movablePlan>;

function refuseNoTime(at: string): void {
  if (Number.isNaN(Date.parse(at))) throw ApplicationFailure.nonRetryable('not a time', 'invalid_request');
}

function refuseUnless(open: boolean): void {
  if (!open)
    throw ApplicationFailure.nonRetryable(
      'Too late: the post is on its way, its outcome is being settled.',
      'too_late',
    );
}
