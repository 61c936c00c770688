import { isGrpcCancelledError, isGrpcDeadlineError, WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { z } from 'zod';
import type { AccountName } from '../domain/turns/turns.ts';
import { AppError, isErrorCode } from '../errors.ts';
import type { collectAccountAnalytics } from '../workflows/collect-account-analytics.ts';
import type { createArticle } from '../workflows/create-article.ts';
import { articleWorkflowId, collectionWorkflowId, completionWorkflowId } from '../workflows/ids.ts';
import type { runCompletion } from '../workflows/run-completion.ts';
import type { WorkOptions } from './publication-work.ts';
import { createPublicationWork } from './publication-work.ts';
import { common, pair, startOnce } from './start-once.ts';
import { wakeAccount } from './turn-runs.ts';

/**
 * Starts durable work and talks to it. Every start may be repeated: the workflow id is the id of the thing, and a run that
 * is under way, or has ended, is the same run. A completion that failed may run again, because it may only have been refused.
 */
export function createWork(options: WorkOptions) {
  const { temporal, logger } = options;
  return {
    ...createPublicationWork(options),

    /** Lets those who wait for the account's turn see that it has changed; should it fail, they see it when they ask again. */
    async accountChanged(account: AccountName): Promise<void> {
      await temporal
        .withDeadline(Date.now() + WAKE_PATIENCE_MS, () => wakeAccount(temporal, account))
        .catch((error: unknown) => {
          logger.warn({ err: error, accountId: account.accountId }, 'an account was not told that it has changed');
        });
    },

    async article({ articleId, userId }: { articleId: string; userId: string }): Promise<void> {
      const attributes = [pair('taskKind', 'article'), pair('userId', userId)];
      await startOnce<typeof createArticle>(temporal, 'createArticle', {
        ...common(articleWorkflowId(articleId), 'Writes an article', attributes),
        args: [{ articleId, userId }],
      });
    },

    /**
     * Runs a durable completion, or joins its run, and waits for the end; what it came to is in its row.
     * @throws AppError what it was refused with before it began; `upstream_timeout` when patience ends first, not the run
     */
    async completion({ completionId, userId, patience }: CompletionToRun): Promise<void> {
      const attributes = [pair('taskKind', 'completion'), pair('userId', userId)];
      const handle = temporal.workflow.getHandle(completionWorkflowId(completionId));
      const startAndWait = async () => {
        await startOnce<typeof runCompletion>(temporal, 'runCompletion', {
          ...common(handle.workflowId, 'Answers a completion, durably', attributes),
          workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY', // what was only refused may run; the row knows what was not
          args: [{ completionId }],
        });
        if (patience.gone.aborted) throw stillRuns();
        await temporal.withAbortSignal(patience.gone, () => handle.result());
      };
      await temporal.withDeadline(patience.untilMs, startAndWait).catch((error: unknown) => {
        throw isGrpcDeadlineError(error) || isGrpcCancelledError(error) ? stillRuns(error) : refusedRun(error);
      });
    },

    async collection({ collectionId, accountId, userId }: CollectionToStart): Promise<void> {
      const attributes = [pair('taskKind', 'analytics'), pair('userId', userId), pair('accountId', accountId)];
      await startOnce<typeof collectAccountAnalytics>(temporal, 'collectAccountAnalytics', {
        ...common(collectionWorkflowId(collectionId), 'Collects the numbers of one account', attributes),
        args: [{ accountId, userId }],
      });
    },
  };
}

const WAKE_PATIENCE_MS = 5_000;

export type Work = ReturnType<typeof createWork>;

export type CompletionToRun = { completionId: string; userId: string; patience: Patience };

/** How long a run is waited for: until its client has gone, and no longer than until then. */
export type Patience = { gone: AbortSignal; untilMs: number };

export type CollectionToStart = { collectionId: string; accountId: string; userId: string };

const stillRuns = (cause?: unknown) =>
  new AppError('upstream_timeout', 'There is no answer yet. The same Idempotency-Key and body join the run again.', {
    cause,
  });

/** A run that ended without an answer leaves its reason in the row; one that was refused never got so far. */
function refusedRun(error: unknown): unknown {
  const cause = error instanceof WorkflowFailedError ? rootOf(error) : undefined;
  if (!(cause instanceof ApplicationFailure)) return error;
  const code = cause.type ?? '';
  if (!isErrorCode(code)) return error;
  const details = detailsSchema.safeParse(cause.details?.[0]).data;
  return new AppError(code, cause.message, { cause: error, ...(details && { details }) });
}

const detailsSchema = z.record(z.string(), z.unknown());

function rootOf(error: Error): unknown {
  let root: unknown = error;
  while (root instanceof Error && root.cause !== undefined) root = root.cause;
  return root;
}
