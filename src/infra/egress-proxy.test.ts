import { createServer, request } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { listening } from '../../test/listening.ts';
import { openEgressProxy } from './egress-proxy.ts';
import type { Destination, EgressOptions, EgressProxy } from './egress-proxy.ts';
import { createOutboundPolicy } from './outbound.ts';

let site: Server;
let sitePort: number;
/** What the site was asked, in order. */
let asked: string[];
let onAsked: (request: IncomingMessage) => void;
let ends: (() => unknown)[];

beforeEach(async () => {
  ends = [];
  asked = [];
  onAsked = () => undefined;
  site = createServer((incoming, answer) => {
    asked.push(`${incoming.method} ${incoming.url}`);
    onAsked(incoming);
    void text(incoming).then((body) => {
      answer.setHeader('set-cookie', ['a=1', 'b=2']);
      answer.end(`said ${body}`);
    });
  });
  sitePort = await listening(site);
});
afterEach(async () => {
  for (const end of ends.toReversed()) await end();
  site.closeAllConnections();
  site.close();
});

const local = createOutboundPolicy({ allowPrivate: true });
const open = async (options: Partial<EgressOptions> = {}): Promise<EgressProxy> => {
  const proxy = await openEgressProxy({ mayReach: () => true, outbound: local, upstream: null, ...options });
  ends.push(() => proxy.close());
  return proxy;
};

type Asked = { method?: string; body?: string; url?: string };

async function ask({ url: proxy }: EgressProxy, { method = 'GET', body = '', url }: Asked = {}) {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const { hostname, port } = new URL(proxy);
  const path = url ?? `http://127.0.0.1:${sitePort}/page?x=1`;
  request({ hostname, port, method, path, headers: { host: new URL(path).host, 'content-length': body.length } })
    .once('response', resolve)
    .once('error', reject)
    .end(body);
  const answer = await promise;
  return { status: answer.statusCode, cookies: answer.headers['set-cookie'], body: await text(answer) };
}

/** @returns the status of the answer, and the open connection */
async function socksTo({ url }: EgressProxy, { host, port }: Destination): Promise<{ status: number; socket: Socket }> {
  const { hostname, port: proxyPort } = new URL(url);
  const socket = connect(Number(proxyPort), hostname);
  ends.push(() => socket.destroy());
  const name = Buffer.from(host);
  const wanted = Buffer.from([5, 1, 0, 3, name.length, ...name, port >> 8, port & 255]);
  socket.write(Buffer.concat([Buffer.from([5, 1, 0]), wanted]));
  const { promise, resolve } = Promise.withResolvers<number>();
  let answer = Buffer.alloc(0);
  const onData = (chunk: Buffer) => {
    answer = Buffer.concat([answer, chunk]);
    if (answer.length < 12) return;
    socket.off('data', onData);
    socket.pause();
    resolve(answer[3] ?? -1);
  };
  socket.on('data', onData);
  return { status: await promise, socket };
}

/** @returns the status line of the answer, and the open connection */
async function tunnelTo({ url }: EgressProxy, target: string): Promise<{ status: string; socket: Socket }> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  ends.push(() => socket.destroy());
  socket.write(`CONNECT ${target} HTTP/1.1\r\nhost: ${target}\r\n\r\n`);
  const [chunk] = await new Promise<Buffer[]>((done) => socket.once('data', (...data: Buffer[]) => done(data)));
  return { status: String(chunk).split('\r\n')[0] ?? '', socket };
}

test('what may be reached is passed as it is said, in both directions', async () => {
  const { status, socket } = await socksTo(await open(), { host: '127.0.0.1', port: sitePort });
  expect(status).toBe(0);
  socket.write('POST /page?x=1 HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 5\r\n\r\nhello');
  expect(await text(socket)).toMatch(/said hello$/);
  expect(asked).toEqual(['POST /page?x=1']);
});

test('what may not be reached is refused before any connection is made', async () => {
  const proxy = await open({ mayReach: ({ host, port }) => host === 'allowed.example' && port === 443 });
  expect((await socksTo(proxy, { host: '127.0.0.1', port: sitePort })).status).toBe(2);
  expect((await socksTo(proxy, { host: 'allowed.example', port: 80 })).status).toBe(2);
  expect(asked).toEqual([]);
});

test('a permitted name leads to no address of our own networks, and neither does a literal one', async () => {
  const outbound = createOutboundPolicy({
    allowPrivate: false,
    resolve: (_name, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]),
  });
  const proxy = await open({ outbound });
  expect((await socksTo(proxy, { host: 'site.example', port: sitePort })).status).toBe(4);
  for (const host of ['127.0.0.1', '169.254.169.254', '::1', 'localhost'])
    expect((await socksTo(proxy, { host, port: sitePort })).status).toBe(2);
  expect(asked).toEqual([]);
});

test('what is no request of the protocol is refused', async () => {
  const { hostname, port } = new URL((await open()).url);
  const socket = connect(Number(port), hostname);
  ends.push(() => socket.destroy());
  socket.write(Buffer.from([5, 1, 0, 5, 2, 0, 1, 127, 0, 0, 1, 0, 80])); // asks for a port of its own
  expect([...(await buffer(socket))].slice(0, 4)).toEqual([5, 0, 5, 2]);
});

test('through another proxy goes all that may pass, with its name and password', async () => {
  const seen: string[] = [];
  const upstream = createServer((incoming, answer) => {
    seen.push(`${incoming.headers['proxy-authorization']}`);
    request(incoming.url ?? '', { method: incoming.method }, (far) => {
      answer.writeHead(200, { 'set-cookie': ['a=1', 'b=2'] });
      far.pipe(answer);
    }).end();
  });
  upstream.on('connect', (incoming: IncomingMessage, socket: Socket) => {
    seen.push(`${incoming.headers['proxy-authorization']}`);
    const far = connect(sitePort, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.pipe(far).pipe(socket);
    });
    ends.push(() => far.destroy());
  });
  const url = new URL(`http://ann:p%40ss@127.0.0.1:${await listening(upstream)}`);
  ends.push(() => upstream.close());
  const proxy = await open({ upstream: { url, outbound: local } });

  expect(await ask(proxy)).toEqual({ status: 200, cookies: ['a=1', 'b=2'], body: 'said ' });
  const { status, socket } = await tunnelTo(proxy, 'any.example:443');
  expect(status).toBe('HTTP/1.1 200 Connection established');
  socket.write('GET /inside HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
  expect(await text(socket)).toMatch(/said $/);
  expect(seen).toEqual(Array(2).fill(`Basic ${Buffer.from('ann:p@ss').toString('base64')}`));
});

test('another proxy that stands where it may not is not asked', async () => {
  const upstream = { url: new URL('http://127.0.0.1:3128'), outbound: createOutboundPolicy({ allowPrivate: false }) };
  const proxy = await open({ upstream });
  expect((await ask(proxy)).status).toBe(502);
  expect((await tunnelTo(proxy, 'any.example:443')).status).toBe('HTTP/1.1 502 Bad Gateway');
});

test('behind another proxy, a lost answer to a POST is an error that no browser answers by sending it again', async () => {
  const upstream = createServer((incoming) => incoming.socket.destroy());
  const url = new URL(`http://127.0.0.1:${await listening(upstream)}`);
  ends.push(() => upstream.close());
  const proxy = await open({ upstream: { url, outbound: local } });
  expect((await ask(proxy, { method: 'POST', body: 'once' })).status).toBe(502);
});

test('behind another proxy, too, nothing else is reached', async () => {
  const upstream = { url: new URL('http://127.0.0.1:1'), outbound: local };
  const proxy = await open({ upstream, mayReach: ({ host }) => host === 'allowed.example' });
  expect((await ask(proxy)).status).toBe(403);
  expect((await tunnelTo(proxy, 'other.example:443')).status).toBe('HTTP/1.1 403 Forbidden');
});
