import type { Page, Request } from 'playwright-core';
import { maskSecrets } from './mask-secrets.ts';

/** A request that may have changed something. No bodies, no headers. */
export type LoggedRequest = {
  at: string;
  method: string;
  url: string;
  /** Null without an answer; then `error` says why, if it has ended. */
  status: number | null;
  error: string | null;
  durationMs: number | null;
  sentBytes: number | null;
  receivedBytes: number | null;
};

/** Notes the requests of a page that are not mere reading, until it is told to stop. */
export function watchRequests(page: Page): RequestLog {
  const seen = new Map<Request, LoggedRequest>();
  const ended = new Map<Request, PromiseWithResolvers<void>>();

  const onBegun = (request: Request) => {
    if (reading.has(request.method())) return;
    ended.set(request, Promise.withResolvers());
    seen.set(request, {
      at: new Date().toISOString(),
      method: request.method(),
      url: request.url(),
      status: null,
      error: null,
      durationMs: null,
      sentBytes: null,
      receivedBytes: null,
    });
  };
  const onEnded = (request: Request) => {
    const entry = seen.get(request);
    if (entry) void note(request, entry).then(ended.get(request)?.resolve, ended.get(request)?.resolve);
  };
  page.on('request', onBegun);
  page.on('requestfinished', onEnded);
  page.on('requestfailed', onEnded);

  return {
    async end(secrets) {
      page.off('request', onBegun);
      const all = Promise.all([...ended.values()].map(({ promise }) => promise));
      await Promise.race([all, passed(PATIENCE_MS)]);
      page.off('requestfinished', onEnded);
      page.off('requestfailed', onEnded);
      const entries = [...seen.values()];
      for (const entry of entries) entry.url = maskSecrets(entry.url, secrets);
      return entries;
    },
  };
}

export type RequestLog = {
  /**
   * Waits a moment for answers that are on their way.
   * @param secrets what is taken out of the addresses, beside what sounds like a secret
   */
  end(secrets: readonly string[]): Promise<LoggedRequest[]>;
};

async function note(request: Request, entry: LoggedRequest): Promise<void> {
  entry.durationMs = Date.now() - Date.parse(entry.at);
  entry.error = request.failure()?.errorText ?? null;
  const [response, sizes] = await Promise.all([request.response(), request.sizes()]);
  entry.status = response?.status() ?? null;
  entry.sentBytes = sizes.requestBodySize;
  entry.receivedBytes = sizes.responseBodySize;
}

const reading: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** A page that has gone answers nothing any more. */
const PATIENCE_MS = 1_000;

function passed(ms: number): Promise<void> {
  return new Promise((done) => {
    AbortSignal.timeout(ms).addEventListener('abort', () => done(), { once: true });
  });
}
