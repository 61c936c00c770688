import { createServer, request as overHttp } from 'node:http';
import type { IncomingMessage, RequestOptions, ServerResponse } from 'node:http';
import { request as overHttps } from 'node:https';
import type { AddressInfo, Server as TcpServer, Socket } from 'node:net';
import { connect, createServer as createTcpServer } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream';
import type { OutboundPolicy } from './outbound.ts';
import { readSocks, socksAnswer } from './socks-front.ts';

/** Where somebody wants to go to. */
export type Destination = { host: string; port: number };

export type EgressOptions = {
  mayReach: (to: Destination) => boolean;
  outbound: OutboundPolicy;
  /** Another proxy that all goes through: `http:` or `https:`, with name and password if it asks for them. */
  upstream: { url: URL; outbound: OutboundPolicy } | null;
};

export type EgressProxy = { url: string; close(): Promise<void> };

/**
 * A proxy on this machine, and the only way out for whoever is told to use it. Addresses are judged when a connection is
 * made, so neither a name nor a redirect leads anywhere else. It speaks SOCKS, which costs next to nothing: bytes are
 * passed as they come. Only in front of another proxy it speaks HTTP, for not all of those open tunnels to port 80.
 */
export function openEgressProxy(options: EgressOptions): Promise<EgressProxy> {
  return options.upstream ? httpProxy(through(options.upstream), options) : socksProxy(options);
}

async function socksProxy(options: EgressOptions): Promise<EgressProxy> {
  const clients = new Set<Socket>();
  const server = createTcpServer({ noDelay: true }, (client) => {
    clients.add(client);
    client.once('close', () => clients.delete(client));
    client.on('error', () => client.destroy());
    readSocks(client, (asked) => {
      const isWanted = asked && options.mayReach(asked.to) && isPermitted(asked.to, options);
      if (!isWanted) return void client.end(socksAnswer('refused'));
      connectTo(asked.to, options, (far) => {
        if (!far) return void client.end(socksAnswer('unreachable'));
        client.write(socksAnswer('open'));
        joined({ client, head: asked.head, far });
      });
    });
  });
  await listening(server);
  return {
    url: `socks5://127.0.0.1:${portOf(server)}`,
    close() {
      for (const client of clients) client.destroy();
      return closed(server);
    },
  };
}

function connectTo({ host, port }: Destination, { outbound }: EgressOptions, done: (far: Socket | null) => void): void {
  const far = connect({ host, port, lookup: outbound.lookup, noDelay: true });
  far.once('connect', () => done(far));
  far.once('error', () => done(null));
}

async function httpProxy(way: Way, options: EgressOptions): Promise<EgressProxy> {
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    const url = URL.parse(request.url ?? '');
    if (url?.protocol !== 'http:') return refuse(response, 400);
    if (!mayPass(url, options)) return refuse(response, 403);
    forward({ request, response }, way.request(url));
  });
  server.on('connect', (request: IncomingMessage, client: Duplex, head: Buffer) => {
    client.on('error', () => client.destroy());
    const url = URL.parse(`https://${request.url}`);
    if (!url || !mayPass(url, options)) return void client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    way.tunnel(destinationOf(url), (far) => {
      if (!far) return void client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      joined({ client, head, far });
    });
  });
  await listening(server);
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    close() {
      server.closeAllConnections();
      return closed(server);
    },
  };
}

type Way = {
  /** @returns null when nothing may go this way */
  request(url: URL): { via: typeof overHttp; options: RequestOptions } | null;
  /** @param done is given the connection, or null when there is none */
  tunnel(to: Destination, done: (far: Duplex | null) => void): void;
};

/** Names are resolved by the other proxy; that it stands where it may is judged here. */
function through({ url: upstream, outbound }: NonNullable<EgressOptions['upstream']>): Way {
  const via = upstream.protocol === 'https:' ? overHttps : overHttp;
  const port = upstream.port || (upstream.protocol === 'https:' ? 443 : 80);
  const at = { host: bare(upstream.hostname), port, lookup: outbound.lookup, agent: false as const };
  const login = `${decodeURIComponent(upstream.username)}:${decodeURIComponent(upstream.password)}`;
  const headers = upstream.username ? ['proxy-authorization', `Basic ${Buffer.from(login).toString('base64')}`] : [];
  const permitted = outbound.refusal(upstream.origin) === null;
  return {
    request: (url) => (permitted ? { via, options: { ...at, path: url.href, headers } } : null),
    tunnel({ host, port: toPort }, done) {
      if (!permitted) return done(null);
      const path = `${host.includes(':') ? `[${host}]` : host}:${toPort}`;
      const asked = via({ ...at, method: 'CONNECT', path, headers: ['host', path, ...headers] });
      asked.once('connect', (answer, far) => done(answer.statusCode === 200 ? far : null));
      asked.once('response', () => done(null));
      asked.once('error', () => done(null));
      asked.end();
    },
  };
}

type Exchange = { request: IncomingMessage; response: ServerResponse };

function forward({ request, response }: Exchange, chosen: ReturnType<Way['request']>): void {
  if (!chosen) return refuse(response, 502);
  const { via, options } = chosen;
  const extra = Array.isArray(options.headers) ? options.headers : [];
  const headers = [...endToEnd(request.rawHeaders), ...extra];
  const asked = via({ ...options, method: request.method, headers });
  asked.once('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, endToEnd(answer.rawHeaders));
    pipeline(answer, response, () => undefined); // cut on one side is cut on the other
  });
  asked.once('error', () => {
    if (response.headersSent) return void response.destroy();
    refuse(response, 502); // no reset: a browser sends a request whose connection was reset again by itself, also a POST
  });
  response.once('close', () => asked.destroy());
  request.pipe(asked);
}

function joined({ client, head, far }: { client: Duplex; head: Buffer; far: Duplex }): void {
  if (head.length > 0) far.write(head);
  pipeline(client, far, client, () => {
    client.destroy();
    far.destroy();
  });
}

const mayPass = (url: URL, options: EgressOptions) =>
  options.mayReach(destinationOf(url)) && isPermitted(destinationOf(url), options);

const destinationOf = ({ protocol, hostname, port }: URL): Destination => ({
  host: bare(hostname),
  port: Number(port) || (protocol === 'https:' ? 443 : 80),
});

/** Literal addresses are never looked up, so they are judged here. */
const isPermitted = ({ host }: Destination, { outbound }: EgressOptions) =>
  outbound.refusal(`http://${host.includes(':') ? `[${host}]` : host}`) === null;

/** Of one connection only, and so not for the next (RFC 9110, 7.6.1). */
const perHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

function endToEnd(raw: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < raw.length; at += 2) {
    const [name = '', value = ''] = [raw[at], raw[at + 1]];
    if (!perHop.has(name.toLowerCase())) kept.push(name, value);
  }
  return kept;
}

const refuse = (response: ServerResponse, status: number) =>
  void response.writeHead(status, { 'content-length': 0 }).end();

const bare = (hostname: string) => hostname.replaceAll(/^\[|\]$/g, '');

function portOf(server: TcpServer): number {
  const address: AddressInfo | string | null = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

const listening = (server: TcpServer) => new Promise<void>((done) => server.listen(0, '127.0.0.1', done));

const closed = (server: TcpServer) => new Promise<void>((done) => server.close(() => done()));
