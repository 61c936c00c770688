import { clearTimeout, setTimeout } from 'node:timers';
import type { Operation, Result, TextStream } from '../domain/llm/llm.ts';
import type { Answer } from './route.ts';
import { receiptHeaders } from './receipt-headers.ts';

export type ProxyCall = {
  operation: Operation;
  /** What a stream says last when it breaks before it has begun, or in our own hands. */
  lastWords: (error: unknown) => string;
  run: () => Promise<Result>;
};

/**
 * The answer of the gateway as HTTP. Errors before the first byte are HTTP errors; but a model that is slow to begin would
 * let connections on the way time out, so after a while a stream is opened with comments, and an error becomes an event.
 */
export async function proxyAnswer({ operation, run, lastWords }: ProxyCall): Promise<Answer> {
  const running = run();
  if (!operation.streamed) return sent(await running, lastWords);
  const result = await inTime(running);
  return result ? sent(result, lastWords) : { status: 200, stream: { texts: waitingFor(running), lastWords } };
}

const SLOW_MS = 15_000;
const WAITING = ': waiting\n\n';

function sent(result: Result, lastWords: ProxyCall['lastWords']): Answer {
  const headers = receiptHeaders(result.receipt);
  if (result.kind === 'answer') return { status: 200, headers, ready: result.answer };
  return { status: 200, headers, stream: { texts: result.texts, lastWords } };
}

/** @returns null when it takes its time */
function inTime(running: Promise<Result>): Promise<Result | null> {
  return new Promise((resolve, reject) => {
    const slow = setTimeout(() => resolve(null), SLOW_MS);
    const done = () => clearTimeout(slow);
    running.then(resolve, reject).finally(done);
  });
}

/** Comments until the stream begins; they are not of it, so another model may still be tried meanwhile. */
function waitingFor(running: Promise<Result>): TextStream {
  return {
    flow(to) {
      to.write(WAITING);
      running.then(
        (begun) => (begun.kind === 'stream' ? begun.texts.flow(to) : to.end('')),
        (error: unknown) => to.end('', error),
      );
    },
  };
}
