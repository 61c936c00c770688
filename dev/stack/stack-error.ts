/** A failure of the local stack, said in one sentence that tells the reader what to do. Never needs a stack trace. */
export class StackError extends Error {
  override name = 'StackError';
}

/** Turns the failures that every machine knows into a sentence; everything else goes through unchanged. */
export function explain(error: unknown, where: string): Error {
  const problem = error instanceof Error ? error : new Error(String(error));
  if (problem instanceof StackError) return problem;
  const { message } = problem;
  if (/ENOSPC|no space left|disk quota exceeded/i.test(message)) {
    return new StackError(`The disk is full: free some space under ${where} and run the command again.`, {
      cause: error,
    });
  }
  if (/EACCES|EPERM|EROFS|permission denied|read-only file system/i.test(message)) {
    return new StackError(`${where} cannot be written: make it writable for this user (${firstLine(message)}).`, {
      cause: error,
    });
  }
  return problem;
}

const firstLine = (text: string): string => text.trim().split('\n')[0] ?? '';
