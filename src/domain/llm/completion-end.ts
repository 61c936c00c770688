import type { Completion } from '../../entities/completion.ts';
import { AppError, isErrorCode } from '../../errors.ts';
import type { AttemptOutcome } from './chain.policy.ts';
import type { RowEnd } from './completion-rows.ts';
import { failedChain } from './failed-chain.ts';

/** What the row keeps of how its run ended. An answer that has come is the end, whatever happened to the run. */
export function endOf(row: Completion, outcome: AttemptOutcome): RowEnd {
  if (row.answer) return { status: 'answered', errorCode: null, errorMessage: null, errorDetails: null };
  if (outcome.kind === 'cancelled') {
    const errorMessage = 'It was cancelled before a model had answered.';
    return { status: 'cancelled', errorCode: 'cancelled', errorMessage, errorDetails: { attempts: row.attempts } };
  }
  const { code, message, details } = failedChain(outcome, row.errorMessage ?? '', row.attempts);
  return { status: 'failed', errorCode: code, errorMessage: message, errorDetails: details ?? null };
}

/** What a row that ended without an answer is for its caller: what a call would have been. */
export function errorOf({ errorCode, errorMessage, errorDetails }: Completion): AppError {
  const code = errorCode && isErrorCode(errorCode) ? errorCode : 'upstream_failed';
  const details = errorDetails ? { details: errorDetails } : {};
  return new AppError(code, errorMessage ?? 'It has not been answered.', details);
}
