import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  isGrpcDeadlineError,
  isGrpcServiceError,
  ServiceError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { KeptChange } from '../domain/publishing/publishing.ts';
import type { Publication } from '../entities/publication.ts';
import { AppError } from '../errors.ts';
import type { Logger } from '../infra/logger.ts';
import { searchAttributes } from '../infra/temporal/search-attributes.ts';
import { publishWorkflowId } from '../workflows/ids.ts';
import type { PublicationChange } from '../workflows/movable-plan.ts';
import type { publish } from '../workflows/publish.ts';
import { STICKY_MS } from '../workflows/task-queues.ts';
import { common, pair, startOnce } from './start-once.ts';

/**
 * The runs of publications. Changes are updates of a run: its validators refuse what comes after the commit point.
 */
export function createPublicationWork({ temporal, logger, patienceMs = PATIENCE_MS }: WorkOptions) {
  const runOf = (publicationId: string) => temporal.workflow.getHandle(publishWorkflowId(publicationId));

  /** One that is tried again gets a new run behind the one that has ended. */
  async function start(row: PublicationRow): Promise<void> {
    const { id, userId, accountId, platform, state, runStartedAt } = row;
    if (runStartedAt || (state !== 'scheduled' && state !== 'queued')) return;
    const dueAt = state === 'scheduled' ? row.scheduledAt : null;
    const attributes = [
      pair('taskKind', 'publication'),
      pair('userId', userId),
      pair('accountId', accountId),
      pair('platform', platform),
      ...(dueAt ? [{ key: searchAttributes.publishAt, value: dueAt }] : []),
    ];
    await startOnce<typeof publish>(temporal, 'publish', {
      ...common(publishWorkflowId(id), `Publishes to ${platform}`, attributes),
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      args: [{ publicationId: id, accountId, dueAt: dueAt?.toISOString() ?? null }],
    });
  }

  /** Asked again under the same id when the server has let it fall. */
  async function update(publicationId: string, name: UpdateName, arg?: PublicationChange): Promise<void> {
    const run = runOf(publicationId);
    const updateId = randomUUID();
    const ask = () =>
      arg === undefined ? run.executeUpdate(name, { updateId }) : run.executeUpdate(name, { updateId, args: [arg] });
    await inTime(async () => {
      for (;;) {
        try {
          return await ask();
        } catch (error) {
          if (!wasLetFall(error)) throw error;
          await sleep(BETWEEN_TRIES_MS);
        }
      }
    });
  }

  /** @throws AppError `unavailable` when no worker takes it in time: it may still happen */
  async function inTime(work: () => Promise<unknown>): Promise<void> {
    await temporal.withDeadline(Date.now() + patienceMs, work).catch((error: unknown) => {
      throw refusedUpdate(error);
    });
  }

  return {
    /**
     * Starts the run of a row that waits for one; of any other row there is, or was, a run. Should it fail, the sweep does
     * it, and nobody has to be told.
     */
    async begin(row: PublicationRow): Promise<void> {
      await temporal
        .withDeadline(Date.now() + START_PATIENCE_MS, () => start(row))
        .catch((error: unknown) => {
          logger.warn({ err: error, publicationId: row.id }, 'a run was not started; the sweep will');
        });
    },

    /** @throws AppError `too_late` once the post is on its way or the publication has ended; so do the others */
    publishNow: (publicationId: string) => update(publicationId, 'publishNow'),

    changePublication: (publicationId: string, { id: editId, at, hasContent }: KeptChange) =>
      update(publicationId, 'change', { editId, hasContent, at: at?.toISOString() ?? null }),

    async cancelPublication(publicationId: string): Promise<void> {
      await update(publicationId, 'cancel');
      await inTime(() => runOf(publicationId).result()); // the state is `cancelled` when this answers
    },

    /**
     * Wakes publications that wait for an account's new credentials.
     * @throws AppError `unavailable` when one could not be told: it would wait for ever; uploading again wakes it
     */
    async loginRenewed(publicationIds: readonly string[]): Promise<void> {
      const told = await Promise.allSettled(publicationIds.map((id) => runOf(id).signal('loginRenewed')));
      for (const one of told) {
        if (one.status === 'fulfilled' || one.reason instanceof WorkflowNotFoundError) continue;
        const message = 'The credentials are stored, but a waiting publication was not woken: upload them again.';
        throw new AppError('unavailable', message, { cause: one.reason });
      }
    },
  };
}

export type WorkOptions = {
  temporal: Client;
  logger: Logger;
  /** How long a change may wait for its run. */
  patienceMs?: number;
};

type UpdateName = 'publishNow' | 'change' | 'cancel';

export type PublicationRow = Pick<
  Publication,
  'id' | 'userId' | 'accountId' | 'platform' | 'state' | 'scheduledAt' | 'runStartedAt'
>;

function refusedUpdate(error: unknown): unknown {
  if (error instanceof WorkflowNotFoundError)
    return new AppError('too_late', 'It has ended already.', { cause: error, details: { run: 'gone' } });
  if (isGrpcDeadlineError(error) || error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)
    return new AppError('unavailable', 'No worker has taken the change yet; it may still happen.', { cause: error });
  if (isAtLimit(error))
    return new AppError('conflict', 'It has been changed as often as is possible.', { cause: error });
  if (error instanceof ServiceError)
    return new AppError('unavailable', 'The change has not arrived; try again.', { cause: error });
  const cause = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
  if (cause instanceof ApplicationFailure && tooLate.has(cause.type ?? ''))
    return new AppError('too_late', cause.message, { cause: error });
  return error;
}

/** The run's own task failed after the update was sent with it, as a task that ends the run does then: nothing was accepted. */
const wasLetFall = (error: unknown): boolean => /unexpected workflow task failure/.test(saidByServer(error));

/** Of updates of one run; the server's own, two thousand unless it is told another. */
const isAtLimit = (error: unknown): boolean => /total number of distinct updates/.test(saidByServer(error));

const saidByServer = (error: unknown): string =>
  error instanceof ServiceError && isGrpcServiceError(error.cause) ? error.cause.details : '';

const BETWEEN_TRIES_MS = 300;

/** By our validators, and by the server for an update that came with the run's last step. */
const tooLate = new Set(['too_late', 'AcceptedUpdateCompletedWorkflow']);

/** A client waits at the other end. Longer than the task waits for a process that has died, so that another one may answer. */
const PATIENCE_MS = STICKY_MS + 10_000;
const START_PATIENCE_MS = 5_000;
