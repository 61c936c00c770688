import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { apiPlace } from '../../test/api-place.ts';
import type { ApiPlace } from '../../test/api-place.ts';

let place: ApiPlace;

beforeAll(async () => {
  place = await apiPlace();
});
afterAll(() => place.close());

test.each([
  ['no HTTP at all', 'what is this?\r\n\r\n', '400 Bad Request'],
  ['a control character in a header', 'GET / HTTP/1.1\r\nhost: x\r\nodd: \u0001\r\n\r\n', '400 Bad Request'],
  [
    'endless headers',
    `GET / HTTP/1.1\r\nhost: x\r\nlong: ${'x'.repeat(20_000)}\r\n\r\n`,
    '431 Request Header Fields Too Large',
  ],
])('%s is refused in our words', async (_, sent, status) => {
  const socket = connect(place.api.port, '127.0.0.1');
  socket.write(sent);
  const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');

  expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status}\r\n`));
  expect(JSON.parse(body)).toMatchObject({
    error: { code: 'invalid_request', request_id: expect.stringMatching(/^req_/) },
  });
  expect((await place.call('GET /healthz')).status).toBe(200);
});
