import type { LoginReason, PublicationState } from '../entities/publication.ts';
import type { Publishing, StartedRun } from '../domain/publishing/publishing.ts';
import type { TurnRuns } from '../domain/turns/turns.ts';
import type { Services } from '../services.ts';
import { handOnTurns } from './hand-on-turns.ts';

type Parts = Pick<Services, 'publishing' | 'credentials' | 'turns' | 'now'> & { turnRuns: TurnRuns };

/** The rows behind `publish`. Each call may be repeated: moves to the state it is in already change nothing. */
export const publishingActivities = (parts: Parts) => {
  const { publishing, credentials, turns, now } = parts;
  const turnsOfAccount = handOnTurns(parts);
  return {
    startRun: ({ publicationId, runId }: StartRun): Promise<StartedRun> => publishing.startRun(publicationId, runId),

    async movePublicationTime({ publicationId, at }: { publicationId: string; at: string | null }): Promise<void> {
      await publishing.moveTime(publicationId, at === null ? null : new Date(at));
    },

    applyEdit: ({ publicationId, editId }: { publicationId: string; editId: string }): Promise<void> =>
      publishing.applyEdit(publicationId, editId),

    async movePublication({ publicationId, to, note }: MovePublication): Promise<void> {
      await publishing.publications.move(publicationId, { to, note });
    },

    /** @returns the commit round to prepare and click in */
    async beginRound({ publicationId }: { publicationId: string }): Promise<{ commitRound: number }> {
      await publishing.publications.move(publicationId, { to: 'publishing', note: 'prepares the draft' });
      return { commitRound: await publishing.gate.open(publicationId) };
    },

    recordFailure: (failure: RecordFailure): Promise<void> => recordFailure(publishing, failure),

    /** The grant goes first and the turn before the end: what is begun anew finds neither. */
    async endPublication({ publicationId, accountId, end }: EndPublication): Promise<void> {
      await credentials.deleteGrants({ publicationId });
      const wanted = await turns.giveBack({ publicationId, accountId });
      if (end.to === 'published') await recordPublished(publishing, { publicationId, ...end }, now());
      else if ('code' in end) await recordFailure(publishing, { publicationId, ...end });
      else await publishing.publications.move(publicationId, end);
      if (wanted) await turnsOfAccount.handOn(wanted);
    },

    /** Ends a commit round; says whether its click is known not to have happened. */
    async closeCommitRound({ publicationId, round }: CommitRound): Promise<{ neverClicked: boolean }> {
      return { neverClicked: await publishing.gate.close(publicationId, round) };
    },

    /** The platform does not have the post: it is where it was before the click, and may be cancelled again. */
    async reopenCommit({ publicationId, round }: CommitRound): Promise<void> {
      await publishing.gate.reopen(publicationId, round);
      await publishing.publications.move(publicationId, {
        to: 'publishing',
        note: 'the platform does not have the post',
      });
    },

    async markNeedsLogin({ accountId }: { accountId: string }): Promise<void> {
      await credentials.markNeedsLogin(accountId);
    },
  };
};

export type StartRun = { publicationId: string; runId: string };
export type MovePublication = { publicationId: string; to: PublicationState; note: string };
export type RecordPublished = { publicationId: string; postId: string; url: string; note: string };
export type RecordFailure = {
  publicationId: string;
  to: Extract<PublicationState, 'failed' | 'unconfirmed' | 'needs_login'>;
  code: string;
  message: string;
  /** Of `needs_login`. */
  reason?: LoginReason | undefined;
};
export type EndPublication = { publicationId: string; accountId: string; end: PublicationEnd };
export type PublicationEnd =
  | ({ to: 'published' } & Omit<RecordPublished, 'publicationId'>)
  | ({ to: 'failed' | 'unconfirmed' } & Omit<RecordFailure, 'publicationId' | 'to'>)
  | { to: 'cancelled' | 'missed'; note: string };
export type CommitRound = { publicationId: string; round: number };

async function recordPublished(publishing: Publishing, published: RecordPublished, publishedAt: Date): Promise<void> {
  const { publicationId, postId, url, note } = published;
  const facts = { platformPostId: postId, platformPostUrl: url, publishedAt, errorCode: null, errorMessage: null };
  await publishing.publications.move(publicationId, { to: 'published', note, ...facts });
}

/** A failure after the click is no failure yet: only the platform, or a person, knows. */
async function recordFailure(publishing: Publishing, failure: RecordFailure): Promise<void> {
  const { publicationId, to: wanted, code, message, reason } = failure;
  const { commitStartedAt } = await publishing.publications.load(publicationId);
  const to = wanted === 'failed' && commitStartedAt ? 'unconfirmed' : wanted;
  const facts = { errorCode: code, errorMessage: message, needsLoginReason: reason ?? null };
  await publishing.publications.move(publicationId, { to, note: message, ...facts });
}
