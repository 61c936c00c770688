import type { APIResponse, CDPSession, Page } from 'playwright-core';
import { AppError } from '../../errors.ts';

/**
 * Holds the page's POSTs to one path from the next document on, for as long as the page lives; none leaves the browser
 * until `decidePosts` says how. Only documents that are opened afterwards are sure to be held: Chromium answers that
 * it holds those of the present one before it does. Not by Playwright's `route`: it holds every request, and when it is taken
 * off while the page begins to load another one, neither ends.
 */
export async function holdPosts(page: Page, path: string): Promise<void> {
  if (deciders.has(page)) return;
  const devTools = await page.context().newCDPSession(page);
  devTools.on('Fetch.requestPaused', (paused) => {
    const post = heldPost(page, devTools, paused);
    const decide = paused.request.method === 'POST' ? deciders.get(page) : undefined;
    void (decide?.(post) ?? post.goOn()).catch(() => undefined); // the page has gone
  });
  const patterns = [`*${path}`, `*${path}\\?*`].map((urlPattern) => ({ urlPattern }));
  await devTools.send('Fetch.enable', { patterns });
  deciders.set(page, (post) => post.abort());
}

/**
 * Hands each POST that the page makes from now on to `decide`, instead of to whoever had them before.
 * @throws AppError `conflict` for a page whose posts are not held
 */
export function decidePosts(page: Page, decide: Decide): void {
  if (!deciders.has(page)) throw new AppError('conflict', 'The page was opened before its posts were held.');
  deciders.set(page, decide);
}

type Decide = (post: HeldPost) => Promise<unknown>;

const deciders = new WeakMap<Page, Decide>();

function heldPost(page: Page, devTools: CDPSession, { requestId, request }: Paused) {
  const { url, method, headers, postDataEntries = [] } = request;
  return {
    goOn: () => devTools.send('Fetch.continueRequest', { requestId }),
    abort: () => devTools.send('Fetch.failRequest', { requestId, errorReason: 'Aborted' }),
    send: (timeoutMs: number): Promise<APIResponse> => {
      const data = Buffer.concat(postDataEntries.map(({ bytes = '' }) => Buffer.from(bytes, 'base64')));
      const asItIs = { maxRetries: 0, maxRedirects: 0, timeout: timeoutMs };
      return page.context().request.fetch(url, { method, headers, data, ...asItIs });
    },
    async fulfil(response: APIResponse): Promise<void> {
      const responseHeaders = response.headersArray().filter(({ name }) => !ofTransfer.has(name.toLowerCase()));
      const body = (await response.body()).toString('base64');
      await devTools.send('Fetch.fulfillRequest', {
        requestId,
        responseCode: response.status(),
        responsePhrase: response.statusText() || 'Unknown',
        responseHeaders,
        body,
      });
    },
  };
}

export type HeldPost = ReturnType<typeof heldPost>;

/** What is used of the DevTools protocol's event. */
type Paused = {
  requestId: string;
  request: {
    url: string;
    method: string;
    headers: Record<string, string>;
    /** Parts of the body, in base64. */
    postDataEntries?: { bytes?: string }[];
  };
};

/** They tell how the body came; it is given on as it was read. */
const ofTransfer: ReadonlySet<string> = new Set(['content-encoding', 'content-length', 'transfer-encoding']);
