import { cancellationSignal } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { ActivityExecuteInput, ActivityInboundCallsInterceptor, Next } from '@temporalio/worker';
import { AppError } from '../errors.ts';
import type { Logger } from '../infra/logger.ts';

/**
 * Translates what activities throw. Ours keep their code, words and details; the error table says whether to retry. Of all
 * others the history gets only the class: their messages may quote a page or a body, and the log has them in full.
 */
export function translateFailures(
  logger: Logger,
  about: Readonly<Record<string, unknown>>,
): ActivityInboundCallsInterceptor {
  return {
    async execute(input: ActivityExecuteInput, next: Next<ActivityInboundCallsInterceptor, 'execute'>) {
      try {
        return await next(input);
      } catch (error) {
        if (isShutdown(cancellationSignal()))
          throw ApplicationFailure.retryable('The worker was stopped.', 'worker_lost');
        if (!isCancelled(error)) logger.warn({ err: error, ...about }, 'activity failed');
        throw toFailure(error);
      }
    },
  };
}

export function toFailure(error: unknown): unknown {
  if (error instanceof ApplicationFailure || isCancelled(error)) return error;
  if (!(error instanceof AppError)) {
    const name = error instanceof Error ? error.name : typeof error;
    return ApplicationFailure.create({ type: 'internal', message: `${name}; the worker's log has the rest` });
  }
  const seconds = error.details?.['retry_after_seconds'];
  return ApplicationFailure.create({
    type: error.code,
    message: error.message,
    nonRetryable: !error.retryable || isHopeless(error),
    details: error.details ? [error.details] : [],
    ...(typeof seconds === 'number' ? { nextRetryDelay: `${seconds}s` } : {}),
  });
}

/** A quota of a day or longer, or a call that no limit will ever let through, is told now and not waited for. */
const isHopeless = ({ details = {} }: AppError) => details['period_quota'] === true || details['never_fits'] === true;

/** What a cancelled activity's own signal throws as well; the SDK turns both into a cancellation. */
const isCancelled = (error: unknown) =>
  error instanceof CancelledFailure || (error instanceof Error && error.name === 'AbortError');

/** Nobody cancelled the work: this worker is going, and another one is to do it again. */
const isShutdown = ({ aborted, reason }: AbortSignal) =>
  aborted && reason instanceof CancelledFailure && reason.message === 'WORKER_SHUTDOWN';
