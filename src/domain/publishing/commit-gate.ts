import { Publication } from '../../entities/publication.ts';
import { AppError } from '../../errors.ts';
import type { Database } from '../../infra/database.ts';

/**
 * Lets a publication be clicked at most once a round. A worker passes the gate right before its click; the workflow
 * closes a round that it gives up. Both are one conditional update of one row, so exactly one of them wins, also against
 * a worker that was only slow. A heartbeat would not do: the SDK holds heartbeats back and loses the last at a crash.
 */
export function createCommitGate({ database, now }: { database: Database; now: () => Date }) {
  const update = (where: object, data: object) => database.em.fork().nativeUpdate(Publication, where, data);
  return {
    /**
     * @throws AppError `conflict` when the round is over or was already clicked, or when the publication has another
     *   draft by now: after the click the platform is asked for the one in the row
     */
    async pass(publicationId: string, { round, draftId }: Click): Promise<void> {
      const passed = await update(
        {
          id: publicationId,
          commitRound: round,
          commitStartedAt: null,
          state: 'publishing',
          platformDraftId: draftId,
        },
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

/** The draft is null where a platform has none before it publishes. */
export type Click = { round: number; draftId: string | null };
