import { cancellationSignal } from '@temporalio/activity';

/**
 * Aborts when Temporal gives the activity up: it is cancelled or took too long. Not when its worker is told to end, whose
 * jobs have until then.
 */
export function givenUpSignal(): AbortSignal {
  const givenUp = new AbortController();
  const cancelled = cancellationSignal();
  const pass = () => {
    if (!(cancelled.reason instanceof Error && cancelled.reason.message === 'WORKER_SHUTDOWN'))
      givenUp.abort(cancelled.reason);
  };
  if (cancelled.aborted) pass();
  else cancelled.addEventListener('abort', pass, { once: true });
  return givenUp.signal;
}
