import {
  isGrpcCancelledError,
  isGrpcDeadlineError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import type { Client, WorkflowStartOptions } from '@temporalio/client';
import { ApplicationFailure, TypedSearchAttributes } from '@temporalio/common';
import type { Workflow } from '@temporalio/common';
import { z } from 'zod';
import { AppError, isErrorCode } from '../errors.ts';
import { searchAttributes } from '../infra/temporal/search-attributes.ts';
import type { collectAccountAnalytics } from '../workflows/collect-account-analytics.ts';
import type { createArticle } from '../workflows/create-article.ts';
import { articleWorkflowId, collectionWorkflowId, completionWorkflowId, publishWorkflowId } from '../workflows/ids.ts';
import type { publish } from '../workflows/publish.ts';
import type { runCompletion } from '../workflows/run-completion.ts';
import { taskQueues } from '../workflows/task-queues.ts';

/**
 * Starts durable work and talks to it. Every start may be repeated: the workflow id is the id of the thing, and a run that
 * is under way, or has ended, is the same run. A completion that failed may run again, because it may only have been refused.
 */
export function createWork({ temporal }: { temporal: Client }) {
  return {
    async article({ articleId, userId }: { articleId: string; userId: string }): Promise<void> {
      const attributes = [pair('taskKind', 'article'), pair('userId', userId)];
      await startOnce<typeof createArticle>('createArticle', {
        ...common(articleWorkflowId(articleId), 'Writes an article', attributes),
        args: [{ articleId, userId }],
      });
    },

    async publication({ publicationId, userId, accountId, platform, dueAt }: PublicationToStart): Promise<void> {
      const attributes = [
        pair('taskKind', 'publication'),
        pair('userId', userId),
        pair('accountId', accountId),
        pair('platform', platform),
        ...(dueAt ? [{ key: searchAttributes.publishAt, value: dueAt }] : []),
      ];
      await startOnce<typeof publish>('publish', {
        ...common(publishWorkflowId(publicationId), `Publishes to ${platform}`, attributes),
        args: [{ publicationId, accountId, dueAt: dueAt?.toISOString() ?? null }],
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
        await startOnce<typeof runCompletion>('runCompletion', {
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

    /** @throws AppError `too_late` once the post is on its way or the publication has ended */
    async cancelPublication(publicationId: string): Promise<void> {
      const handle = temporal.workflow.getHandle(publishWorkflowId(publicationId));
      await handle.executeUpdate('cancel').catch((error: unknown) => {
        throw refusedUpdate(error);
      });
      await handle.result(); // the state is `cancelled` when this answers
    },

    /**
     * Wakes publications that wait for an account's new credentials.
     * @throws AppError `unavailable` when one could not be told: it would wait for ever; uploading again wakes it
     */
    async loginRenewed(publicationIds: readonly string[]): Promise<void> {
      const handles = publicationIds.map((id) => temporal.workflow.getHandle(publishWorkflowId(id)));
      const told = await Promise.allSettled(handles.map((handle) => handle.signal('loginRenewed')));
      for (const one of told) {
        if (one.status === 'fulfilled' || one.reason instanceof WorkflowNotFoundError) continue;
        const message = 'The credentials are stored, but a waiting publication was not woken: upload them again.';
        throw new AppError('unavailable', message, { cause: one.reason });
      }
    },

    async collection({ collectionId, accountId, userId }: CollectionToStart): Promise<void> {
      const attributes = [pair('taskKind', 'analytics'), pair('userId', userId), pair('accountId', accountId)];
      await startOnce<typeof collectAccountAnalytics>('collectAccountAnalytics', {
        ...common(collectionWorkflowId(collectionId), 'Collects the numbers of one account', attributes),
        args: [{ accountId, userId }],
      });
    },
  };

  async function startOnce<T extends Workflow>(type: string, options: WorkflowStartOptions<T>): Promise<void> {
    await temporal.workflow.start<T>(type, options).catch((error: unknown) => {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    });
  }
}

export type Work = ReturnType<typeof createWork>;

export type CompletionToRun = { completionId: string; userId: string; patience: Patience };

/** How long a run is waited for: until its client has gone, and no longer than until then. */
export type Patience = { gone: AbortSignal; untilMs: number };

export type CollectionToStart = { collectionId: string; accountId: string; userId: string };

export type PublicationToStart = {
  publicationId: string;
  userId: string;
  accountId: string;
  platform: string;
  dueAt: Date | null;
};

type Attribute = ConstructorParameters<typeof TypedSearchAttributes>[0];

const pair = (name: 'taskKind' | 'userId' | 'accountId' | 'platform', value: string) => ({
  key: searchAttributes[name],
  value,
});

const common = (workflowId: string, staticSummary: string, attributes: NonNullable<Attribute>) => ({
  workflowId,
  staticSummary,
  taskQueue: taskQueues.orchestrator,
  typedSearchAttributes: new TypedSearchAttributes(attributes),
  workflowIdConflictPolicy: 'USE_EXISTING' as const,
  workflowIdReusePolicy: 'REJECT_DUPLICATE' as const,
});

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

function refusedUpdate(error: unknown): unknown {
  if (error instanceof WorkflowNotFoundError)
    return new AppError('too_late', 'It has ended already.', { cause: error });
  const cause = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
  if (cause instanceof ApplicationFailure && cause.type === 'too_late')
    return new AppError('too_late', cause.message, { cause: error });
  return error;
}
