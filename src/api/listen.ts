import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ApiServices } from './api-services.ts';
import { createApp } from './app.ts';
import { answerClientError } from './client-error.ts';

export type Listening = {
  url: string;
  port: number;
  /**
   * Takes no new connections, ends streams that can be resumed, and waits for everything else; what is still running
   * after `withinMs` is cut. The client of a cut stream is charged for what it got.
   */
  close(withinMs: number): Promise<void>;
};

/** Serves the API. Port 0 is any free port. */
export async function listen(
  services: ApiServices,
  { host, port }: { host: string; port: number },
): Promise<Listening> {
  const closing = new AbortController();
  const handle = createApp(services, { closing: closing.signal });
  const server = createServer((request, response) => {
    if (closing.signal.aborted) response.setHeader('connection', 'close');
    handle(request, response);
  });
  server.on('clientError', answerClientError);
  server.requestTimeout = 60_000;
  server.headersTimeout = 15_000;
  server.keepAliveTimeout = 65_000; // longer than load balancers keep theirs, so that they never meet a closing one
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const bound = portOf(server.address());
  return {
    url: `http://${host}:${bound}`,
    port: bound,
    async close(withinMs) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      closing.abort();
      // A response begun before the shutdown has promised to keep its connection, which would hold the server open.
      const idle = setInterval(() => server.closeIdleConnections(), IDLE_EVERY_MS);
      const late = setTimeout(() => server.closeAllConnections(), withinMs);
      await closed;
      clearInterval(idle);
      clearTimeout(late);
    },
  };
}

const IDLE_EVERY_MS = 20;

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}
