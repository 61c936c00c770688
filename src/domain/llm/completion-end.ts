import type { Completion } from '../../entities/completion.ts';
import { AppError, isErrorCode } from '../../errors.ts';
import type { Details } from '../../errors.ts';
import type { AttemptOutcome } from './chain.policy.ts';
import type { RowEnd } from './completion-rows.ts';
import { failedChain } from './failed-chain.ts';

/** How a run ended; `error` when a step of it failed for good, which is no outcome of the chain. */
export type RunEnd = AttemptOutcome | { kind: 'error'; code: string; message: string; details: Details | null };

/** What the row keeps of how its run ended. An answer that has come is the end, whatever happened to the run. */
export function endOf(row: Completion, outcome: RunEnd): RowEnd {
  if (row.answer) return { status: 'answered', errorCode: null, errorMessage: null, errorDetails: null };
  if (outcome.kind === 'cancelled') {
    const errorMessage = 'It was cancelled before a model had answered.';
    return { status: 'cancelled', errorCode: 'cancelled', errorMessage, errorDetails: { attempts: row.attempts } };
  }
  const { code, message, details } = failureIn(row, outcome);
  return { status: 'failed', errorCode: code, errorMessage: message, errorDetails: details ?? null };
}

/** Of what nobody expected, the words are not for clients. */
function failureIn(row: Completion, outcome: RunEnd): Pick<AppError, 'code' | 'message' | 'details'> {
  if (outcome.kind !== 'error') return failedChain(outcome, row.errorMessage ?? '', row.attempts);
  const { code, message, details } = outcome;
  if (isErrorCode(code) && code !== 'internal') return { code, message, details: details ?? undefined };
  return { code: 'internal', message: 'Something went wrong on our side.', details: undefined };
}

/** What a row that ended without an answer is for its caller: what a call would have been. */
export function errorOf({ errorCode, errorMessage, errorDetails }: Completion): AppError {
  const code = errorCode && isErrorCode(errorCode) ? errorCode : 'upstream_failed';
  const details = errorDetails ? { details: errorDetails } : {};
  return new AppError(code, errorMessage ?? 'It has not been answered.', details);
}
