import { AppError } from '../../errors.ts';

/**
 * Settles as `work` does, unless the signal comes first; `work` itself may go on.
 * @throws AppError `unavailable` when it was given up, or the error that the signal gives as its reason
 */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(givenUp(signal));
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

export const givenUp = ({ reason: cause }: AbortSignal) =>
  cause instanceof AppError ? cause : new AppError('unavailable', 'The job on the page was given up.', { cause });
