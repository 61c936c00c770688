import type { AttemptTrail } from '../../entities/usage-record.ts';
import { AppError } from '../../errors.ts';
import { isCallersFault, isTooBusy } from './chain.policy.ts';
import type { AttemptOutcome, Failure, FailureReason } from './chain.policy.ts';

/**
 * The error for a chain that ended without an answer: `upstream_rejected` when the request itself was refused, with the
 * upstream's words and status, `upstream_busy` with the seconds to wait, `upstream_timeout`, or `upstream_failed`.
 * `details.attempts` tells all of them.
 */
export function failedChain(outcome: AttemptOutcome, message: string, attempts: AttemptTrail[]): AppError {
  const details = { attempts };
  if (outcome.kind !== 'failed') return new AppError('upstream_failed', 'The caller has gone.', { details });
  if (isCallersFault(outcome)) {
    const reason = outcome.reason === 'too-long' ? { reason: 'context_length_exceeded' } : {};
    return new AppError('upstream_rejected', message, { details: { ...details, ...reason, status: outcome.status } });
  }
  if (isTooBusy(outcome)) {
    const seconds = Math.max(1, Math.ceil((outcome.retryAfterMs ?? 1_000) / 1000));
    const busy = { details: { ...details, retry_after_seconds: seconds } };
    return new AppError('upstream_busy', `No model has room for this now. The last one ${ownWords(outcome)}.`, busy);
  }
  if (outcome.reason === 'timeout') return new AppError('upstream_timeout', message, { details });
  return new AppError('upstream_failed', `No model could answer. The last one ${ownWords(outcome)}.`, { details });
}

/** What a provider says of our account there (parts of a key, an organisation) is not for our clients. */
function ownWords({ reason, status }: Failure): string {
  if (status === 401 || status === 402 || status === 403) return 'refused our credentials';
  return status === null ? words[reason] : `answered with status ${status}`;
}

const words: Record<FailureReason, string> = {
  status: 'refused',
  'too-long': 'has too small a context',
  unreachable: 'cannot be reached',
  network: 'broke the connection',
  timeout: 'did not answer in time',
  resting: 'rests after failures',
  cooling: 'has asked to be left alone for a while',
  'rate-limited': 'has been asked as often as it may be this minute',
  'bad-answer': 'answered in no format that we know',
  gone: 'is no longer offered',
};
