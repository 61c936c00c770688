import type { LoginReason, PublicationState } from '../entities/publication.ts';
import type { StartedRun } from '../domain/publishing/publishing.ts';
import type { Services } from '../services.ts';

/** The rows behind `publish`. Each call may be repeated: moves to the state it is in already change nothing. */
export const publishingActivities = ({
  publishing,
  credentials,
  now,
}: Pick<Services, 'publishing' | 'credentials' | 'now'>) => ({
  startRun: ({ publicationId, runId }: StartRun): Promise<StartedRun> => publishing.startRun(publicationId, runId),

  async movePublicationTime({ publicationId, at }: { publicationId: string; at: string | null }): Promise<void> {
    await publishing.moveTime(publicationId, at === null ? null : new Date(at));
  },

  applyEdit: ({ publicationId, editId }: { publicationId: string; editId: string }): Promise<void> =>
    publishing.applyEdit(publicationId, editId),

  async movePublication({ publicationId, to, note }: MovePublication): Promise<void> {
    await publishing.publications.move(publicationId, { to, note });
  },

  /** @returns the commit round to click in */
  async beginRound({ publicationId }: { publicationId: string }): Promise<{ commitRound: number }> {
    await publishing.publications.move(publicationId, { to: 'publishing', note: 'prepares the draft' });
    return { commitRound: (await publishing.publications.load(publicationId)).commitRound };
  },

  async recordPublished({ publicationId, postId, url, note }: RecordPublished): Promise<void> {
    const facts = {
      platformPostId: postId,
      platformPostUrl: url,
      publishedAt: now(),
      errorCode: null,
      errorMessage: null,
    };
    await publishing.publications.move(publicationId, { to: 'published', note, ...facts });
  },

  /** A failure after the click is no failure yet: only the platform, or a person, knows. */
  async recordFailure({ publicationId, to: wanted, code, message, reason }: RecordFailure): Promise<void> {
    const { commitStartedAt } = await publishing.publications.load(publicationId);
    const to = wanted === 'failed' && commitStartedAt ? 'unconfirmed' : wanted;
    const facts = { errorCode: code, errorMessage: message, needsLoginReason: reason ?? null };
    await publishing.publications.move(publicationId, { to, note: message, ...facts });
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

  async deleteGrants({ publicationId }: { publicationId: string }): Promise<void> {
    await credentials.deleteGrants({ publicationId });
    await publishing.dropEdits(publicationId);
  },
});

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
export type CommitRound = { publicationId: string; round: number };
