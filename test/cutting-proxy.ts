/** A forward proxy between a browser and a site that can lose an answer after the site has done its work. */
import { createServer, request } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { chmodSync, writeFileSync } from 'node:fs';
import { listening } from './listening.ts';

export type CuttingProxy = {
  /**
   * Cuts the connection of every matching request once its answer has arrived from the site. Every one, because Chromium
   * sends a POST again by itself when a connection is reset before the first byte of the answer.
   */
  cutAnswersOf(matches: (request: IncomingMessage, body: string) => boolean): void;
  /** How many answers were cut. */
  cuts(): number;
  /** A browser that goes through this proxy, loopback addresses included. */
  browserIn(dir: string, chromium: string): string;
  close(): Promise<void>;
};

export async function cuttingProxy(): Promise<CuttingProxy> {
  let cuts = 0;
  let matches: ((request: IncomingMessage, body: string) => boolean) | null = null;

  const server = createServer((incoming, outgoing) => {
    void bodyOf(incoming).then((body) => {
      const cut = matches?.(incoming, body.toString('utf8')) ?? false;
      forward({ incoming, body, outgoing, onAnswer: cut ? () => void (cuts += 1) : null });
    });
  });
  const port = await listening(server);
  return {
    cutAnswersOf(test) {
      matches = test;
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
  /** Called instead of answering: the connection is cut. */
  onAnswer: (() => void) | null;
};

function forward({ incoming, body, outgoing, onAnswer }: Exchange): void {
  const { method, headers, url = '' } = incoming;
  const onward = request(url, { ...(method === undefined ? {} : { method }), headers }, (answer) => {
    if (!onAnswer) {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
      return;
    }
    answer.resume().once('end', () => {
      onAnswer();
      incoming.socket.destroy();
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
