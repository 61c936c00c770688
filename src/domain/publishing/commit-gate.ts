import { raw } from '@mikro-orm/core';
import { Publication } from '../../entities/publication.ts';
import { AppError } from '../../errors.ts';
import type { Database } from '../../infra/database.ts';

/**
 * Lets a publication be clicked at most once a round. Each preparation opens one, and the draft in the row is its own. A
 * worker passes the gate right before its click; the workflow closes a round that it gives up. Both are one conditional
 * update of one row, so exactly one of them wins, also against a worker that was only slow. A heartbeat would not do: the
 * SDK holds heartbeats back and loses the last at a crash.
 */
export function createCommitGate({ database, now }: { database: Database; now: () => Date }) {
  const update = (where: object, data: object) => database.em.fork().nativeUpdate(Publication, where, data);
  return {
    /**
     * Opens a round for a preparation; the one before is over, unless it was clicked.
     * @returns the round that is open
     */
    async open(publicationId: string): Promise<number> {
      await update({ id: publicationId, commitStartedAt: null }, { commitRound: raw('commit_round + 1') });
      const { commitRound } = await database.em.fork().findOneOrFail(Publication, publicationId);
      return commitRound;
    },

    /**
     * Keeps the draft that a preparation has begun or goes on with.
     * @throws AppError `unavailable` when its round is over: a late draft would take the place of the one that is clicked
     */
    async keepDraft(publicationId: string, { round, draftId }: { round: number; draftId: string }): Promise<void> {
      const ofRound = { id: publicationId, commitRound: round, commitStartedAt: null };
      const kept = await update(ofRound, { platformDraftId: draftId, updatedAt: now() });
      if (kept === 0) throw new AppError('unavailable', 'This preparation was given up.');
    },

    /** @throws AppError `conflict` when the round is over or was already clicked */
    async pass(publicationId: string, round: number): Promise<void> {
      const passed = await update(
        { id: publicationId, commitRound: round, commitStartedAt: null, state: 'publishing' },
        { commitStartedAt: now() },
      );
      if (passed === 0) throw new AppError('conflict', 'This commit round is over.');
    },

    /** Ends a round. @returns whether its click is known not to have happened, and never will */
    async close(publicationId: string, round: number): Promise<boolean> {
      const closed = await update(
        { id: publicationId, commitRound: round, commitStartedAt: null },
        { commitRound: round + 1 },
      );
      if (closed === 1) return true;
      const { commitRound } = await database.em.fork().findOneOrFail(Publication, publicationId);
      return commitRound > round; // closed before, by the first try of a retried activity
    },

    /** Opens the next round after the platform was seen not to have the post. */
    async reopen(publicationId: string, round: number): Promise<void> {
      await update({ id: publicationId, commitRound: round }, { commitRound: round + 1, commitStartedAt: null });
    },
  };
}

export type CommitGate = ReturnType<typeof createCommitGate>;
