import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import { expect, test } from '@jest/globals';
import { listening } from '../../test/listening.ts';
import { createOutboundPost } from './outbound-post.ts';
import { createOutboundPolicy } from './outbound.ts';

const open = createOutboundPolicy({ allowPrivate: true, allowQuery: true });

async function posted(handler: RequestListener, policy = open) {
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    handler(request, response);
  });
  const port = await listening(server);
  const { post, close } = createOutboundPost(policy, { timeoutMs: 300 });
  const outcome = await post(`http://localhost:${port}/`, { body: '{}', headers: {} });
  server.closeAllConnections();
  server.close();
  await close();
  return { ...outcome, requests };
}

test('a redirect is not followed', async () => {
  const outcome = await posted((_, response) => response.writeHead(302, { location: '/elsewhere' }).end());
  expect(outcome).toMatchObject({ isDelivered: false, statusCode: 302, requests: 1 });
});

test('a server that never answers is left after the time it has', async () => {
  const outcome = await posted(() => {});
  expect(outcome).toMatchObject({ isDelivered: false, isPassing: true, errorMessage: 'No answer within 300 ms.' });
});

test('an answer that never ends is an answer, and no more than 500 characters of it are kept', async () => {
  const outcome = await posted((_, response) => response.write('é\0'.repeat(10_000)));
  expect(outcome).toMatchObject({ isDelivered: true, statusCode: 200 });
  expect(outcome.responseExcerpt).toMatch(/^é{250,500}$/);
  const slow = await posted((_, response) => response.write('taken'));
  expect(slow).toMatchObject({ isDelivered: true, responseExcerpt: 'taken' });
});

test('a name that leads into our own network is not called, and the error names no address', async () => {
  const names = {
    resolve: (_: string, __: object, found: Found) => found(null, [{ address: '127.0.0.1', family: 4 }]),
  };
  const strict = createOutboundPolicy({ allowPrivate: false, ...names });
  const { post, close } = createOutboundPost(strict);
  const outcome = await post('http://hooks.example/', { body: '{}', headers: {} });
  expect(outcome).toMatchObject({ isDelivered: false, errorMessage: 'The request failed: EADDRNOTALLOWED.' });
  const literal = await post('http://127.0.0.1:9/', { body: '{}', headers: {} });
  expect(literal).toMatchObject({ isPassing: false, errorMessage: expect.stringContaining('private network') });
  await close();
});

type Found = (error: null, addresses: { address: string; family: number }[]) => void;
