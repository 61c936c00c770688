import { workflowInfo } from '@temporalio/workflow';
import type { MovePublication, PublicationEnd, RecordFailure } from '../activities/publishing.ts';
import { atOnce, store, turns } from './activities.ts';
import type { Rows } from './activities.ts';

/** A publication's row, as its workflow writes it; each write says in the history what it is. */
export const publicationRecord = (publicationId: string) => ({
  /** @returns whether the row is this run's to follow, and how late a post may be and still be published, in ms */
  started: () =>
    atOnce((rows) =>
      rows.startRun.executeWithOptions({ summary: 'Says in the row that it is followed' }, [
        { publicationId, runId: workflowInfo().runId },
      ]),
    ),

  moved: (at: string | null) =>
    store.movePublicationTime.executeWithOptions({ summary: `Is due ${at ?? 'now'}` }, [{ publicationId, at }]),

  edited: (editId: string) =>
    store.applyEdit.executeWithOptions({ summary: 'Takes the change' }, [{ publicationId, editId }]),

  move: (to: MovePublication['to'], note: string) =>
    store.movePublication.executeWithOptions({ summary: `Is now ${to}: ${note}` }, [{ publicationId, to, note }]),

  beginRound: () =>
    atOnce((rows) => rows.beginRound.executeWithOptions({ summary: 'Opens a commit round' }, [{ publicationId }])),

  closeRound: (round: number) =>
    store.closeCommitRound.executeWithOptions({ summary: `Closes round ${round}: was it clicked?` }, [
      { publicationId, round },
    ]),

  reopen: (round: number) =>
    store.reopenCommit.executeWithOptions({ summary: `Round ${round} left nothing on the platform` }, [
      { publicationId, round },
    ]),

  failed: (to: RecordFailure['to'], { code, message, reason }: Omit<RecordFailure, 'publicationId' | 'to'>) =>
    store.recordFailure.executeWithOptions({ summary: `Is now ${to}: ${reason ?? code}` }, [
      { publicationId, to, code, message, reason },
    ]),

  /**
   * Moves it to `queued`, and asks for its account's turn.
   * @param isPlain neither scheduled nor moved: nothing that brought it here could be lost with the step, and no crowd is
   *   to wake first
   */
  askForTurn({ accountId, dueAt, isPlain }: { accountId: string; dueAt: string | null; isPlain: boolean }) {
    const step = (rows: Pick<Rows, 'askForTurn'>) =>
      rows.askForTurn.executeWithOptions({ summary: "Is due: asks for the account's turn" }, [
        { publicationId, accountId, dueAt },
      ]);
    return isPlain ? atOnce(step) : step(turns);
  },

  giveBackTurn: (accountId: string) =>
    store.giveBackTurn.executeWithOptions({ summary: 'Gives the turn back' }, [{ publicationId, accountId }]),

  /** Moves it back to `queued`, without a turn. @returns until when the account rests */
  coolDown: (accountId: string, signal: string) =>
    store.coolDown.executeWithOptions({ summary: `Lets the account rest: ${signal}` }, [
      { publicationId, accountId, signal },
    ]),

  /** Forgets the grant, writes the end, and gives the turn back. */
  ended(accountId: string, end: PublicationEnd) {
    const step = (rows: Rows) =>
      rows.endPublication.executeWithOptions({ summary: `Ends: ${end.to}` }, [{ publicationId, accountId, end }]);
    return end.to === 'published' ? atOnce(step) : step(store);
  },
});

export type PublicationRecord = ReturnType<typeof publicationRecord>;
