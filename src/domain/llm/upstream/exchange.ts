import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { UpstreamBody } from './body.ts';

export type UpstreamResponse = { statusCode: number; headers: IncomingHttpHeaders; body: UpstreamBody };

/**
 * One HTTP request over a dispatcher: undici's own client without the web streams and events that nobody here needs.
 * @throws what kept the answer from beginning; what breaks it later is thrown to whoever reads its body
 */
export function exchange(
  dispatcher: Dispatcher,
  { signal, ...options }: Dispatcher.DispatchOptions & { signal: AbortSignal },
): Promise<UpstreamResponse> {
  return new Promise((resolve, reject) => {
    let body: UpstreamBody | undefined;
    let abort: (() => void) | undefined;

    function ended(error: Error | null): void {
      if (abort) signal.removeEventListener('abort', abort);
      if (body) body.finish(error);
      else if (error) reject(error);
    }

    dispatcher.dispatch(options, {
      onRequestStart(controller) {
        if (abort) signal.removeEventListener('abort', abort); // sent again over another connection
        abort = () => controller.abort(new Error('aborted'));
        if (signal.aborted) abort();
        else signal.addEventListener('abort', abort, { once: true });
      },
      onResponseStart(controller, statusCode, headers) {
        if (statusCode < 200) return;
        body = new UpstreamBody(controller);
        resolve({ statusCode, headers, body });
      },
      onResponseData: (_, chunk) => body?.push(chunk),
      onResponseEnd: () => ended(null),
      onResponseError: (_, error) => ended(error),
    });
  });
}
