/** A forward proxy between a browser and a site that can lose or spoil an answer after the site has done its work. */
import { createServer, request } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { chmodSync, writeFileSync } from 'node:fs';
import { listening } from './listening.ts';

/**
 * `cut`: the site answers, and the browser's connection is reset. `error page`: the site answers, and the browser gets a
 * 502. `late`: the connection is reset at once, and the site gets the request seconds later; `held`: when it is let go.
 * `refused`: a 503, and the site never hears of it.
 */
export type Fault = 'cut' | 'error page' | 'late' | 'held' | 'refused';

export type FaultOf = (request: IncomingMessage, body: string) => Fault | null;

export type CuttingProxy = {
  url: string;
  /**
   * Cuts the connection of every matching request once its answer has arrived from the site. Every one, because Chromium
   * sends a POST again by itself when a connection is reset before the first byte of the answer.
   */
  cutAnswersOf(matches: (request: IncomingMessage, body: string) => boolean): void;
  /** The same with any fault, or none, for each request. */
  faults(of: FaultOf): void;
  /** Sends on what was held. */
  letGo(): void;
  /** How many answers were lost or spoiled. */
  cuts(): number;
  /** A browser that goes through this proxy, loopback addresses included. */
  browserIn(dir: string, chromium: string): string;
  close(): Promise<void>;
};

const LATE_MS = 3_000;
const noFault: FaultOf = () => null;

export async function cuttingProxy(): Promise<CuttingProxy> {
  let cuts = 0;
  let faultOf: FaultOf = noFault;
  const held: (() => void)[] = [];
  const waits = {
    late: (go: () => void) => void setTimeout(go, LATE_MS),
    held: (go: () => void) => void held.push(go),
  };

  const server = createServer((incoming, outgoing) => {
    void bodyOf(incoming).then((body) => {
      const fault = faultOf(incoming, body.toString('utf8'));
      forward({ incoming, body, outgoing, fault, waits, onFault: () => void (cuts += 1) });
    });
  });
  const port = await listening(server);
  return {
    url: `http://127.0.0.1:${port}`,
    cutAnswersOf(matches) {
      faultOf = (incoming, body) => (matches(incoming, body) ? 'cut' : null);
    },
    faults(of) {
      faultOf = of;
    },
    letGo() {
      for (const go of held.splice(0)) go();
    },
    cuts: () => cuts,
    browserIn(dir, chromium) {
      const file = `${dir}/chromium-behind-${port}`;
      const options = `--proxy-server=http://127.0.0.1:${port} --proxy-bypass-list='<-loopback>'`;
      writeFileSync(file, `#!/bin/sh\nexec ${chromium} ${options} "$@"\n`);
      chmodSync(file, 0o755);
      return file;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

type Exchange = {
  incoming: IncomingMessage;
  body: Buffer;
  outgoing: ServerResponse;
  fault: Fault | null;
  waits: Record<'late' | 'held', (go: () => void) => void>;
  onFault: () => void;
};

function forward(exchange: Exchange): void {
  const { incoming, outgoing, fault, waits, onFault } = exchange;
  if (fault === 'refused') {
    onFault();
    outgoing.writeHead(503).end('Service Unavailable');
    return;
  }
  if (fault === 'late' || fault === 'held') {
    incoming.socket.destroy();
    waits[fault](() => send(exchange));
    return;
  }
  send(exchange);
}

function send({ incoming, body, outgoing, fault, onFault }: Exchange): void {
  const { method, headers, url = '' } = incoming;
  const onward = request(url, { ...(method === undefined ? {} : { method }), headers }, (answer) => {
    if (fault === null) {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
      return;
    }
    answer.resume().once('end', () => {
      onFault();
      if (fault === 'error page') outgoing.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad Gateway</h1>');
      else incoming.socket.destroy();
    });
  });
  onward.once('error', () => incoming.socket.destroy());
  onward.end(body);
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
