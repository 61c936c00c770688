import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { apiPlace } from '../../test/api-place.ts';
import type { ApiPlace, Called } from '../../test/api-place.ts';

let place: ApiPlace;
let person: Awaited<ReturnType<ApiPlace['signUp']>>;

beforeAll(async () => {
  place = await apiPlace({ settings: { BODY_LIMIT_BYTES: '2000', AUTH_REQUESTS_PER_MINUTE: '100000' } });
  person = await place.signUp();
});
afterAll(() => place.close());

const register = 'POST /api/v1/auth/register';
const newKey = 'POST /api/v1/llm/api-keys';

function expectRefusal(called: Called, status: number, code: string): void {
  expect(called.status).toBe(status);
  expect(called.body).toMatchObject({ error: { code, request_id: called.headers.get('x-request-id') } });
}

test('a path that nobody serves is a 404, in the language of its clients', async () => {
  expectRefusal(await place.call('GET /nothing/here'), 404, 'not_found');

  const { status, body } = await place.call('GET /v1/nothing');
  expect(status).toBe(404);
  expect(body).toEqual({
    error: { message: 'There is no such route.', type: 'invalid_request_error', param: null, code: 'not_found' },
  });
  const messages = await place.call('POST /v1/messages/nothing');
  expect(messages.body).toMatchObject({ type: 'error', error: { type: 'not_found_error' } });
});

test('a wrong method is a 405 that says which are right', async () => {
  const called = await place.call('PUT /api/v1/llm/api-keys');
  expectRefusal(called, 405, 'method_not_allowed');
  expect(called.headers.get('allow')?.split(', ').sort()).toEqual(['GET', 'HEAD', 'OPTIONS', 'POST']);

  const options = await place.call('OPTIONS /api/v1/llm/api-keys');
  expect([options.status, options.headers.get('allow')]).toEqual([204, called.headers.get('allow')]);
  expect((await place.call('HEAD /healthz')).status).toBe(200);
});

test.each(['{', '{"email":', '', '{"a":1}x', 'null1'])('broken JSON is a 400: %s', async (raw) => {
  expectRefusal(await place.call(register, { raw }), 400, 'invalid_json');
});

test('bytes that are not UTF-8 are a 400', async () => {
  expectRefusal(await place.call(register, { raw: Uint8Array.from([0x22, 0xff, 0xfe, 0x22]) }), 400, 'invalid_json');
});

test.each(['null', '[]', '"text"', '17'])('JSON that is no object is a 400: %s', async (raw) => {
  expectRefusal(await place.call(register, { raw }), 400, 'invalid_request');
});

test('a body too large is a 413, whether its length is told or not', async () => {
  const raw = JSON.stringify({ email: 'x'.repeat(3000) });
  expectRefusal(await place.call(register, { raw }), 413, 'payload_too_large');

  const status = await new Promise((resolve, reject) => {
    const sending = request(`${place.api.url}/api/v1/auth/register`, { method: 'POST' }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sending.on('error', reject);
    sending.setHeader('content-type', 'application/json');
    sending.setHeader('transfer-encoding', 'chunked');
    sending.end(raw);
  });
  expect(status).toBe(413);
});

test.each([
  ['text/plain', {}],
  ['application/x-www-form-urlencoded', {}],
  ['application/json', { 'content-encoding': 'gzip' }],
])('a body that is not plain JSON is a 415: %s %o', async (type, more) => {
  const headers = { 'content-type': type, ...more };
  expectRefusal(await place.call(register, { raw: '{}', headers }), 415, 'unsupported_media_type');
});

test.each([
  [{ name: 'a\u0000b' }, 'name'],
  [{ name: 'a', allowed_models: ['ok', 'b\u0000'] }, 'allowed_models.1'],
  [{ name: '\ud800' }, 'name'],
])('text that no database stores is a 400 that names the field: %j', async (body, field) => {
  const called = await person.asUser(newKey, { body });
  expectRefusal(called, 400, 'invalid_request');
  expect(called.body).toMatchObject({ error: { details: { issues: [{ path: field }] } } });
});

test('a field name that no database stores, and endless nesting, are a 400', async () => {
  expectRefusal(await person.asUser(newKey, { body: { 'na\u0000me': 1 } }), 400, 'invalid_request');
  expectRefusal(await person.asUser(newKey, { raw: '['.repeat(900) + ']'.repeat(900) }), 400, 'invalid_request');
});

test('U+0000 in a path or a query is a 400', async () => {
  expectRefusal(await person.asUser('DELETE /api/v1/llm/api-keys/a%00b'), 400, 'invalid_request');
  expectRefusal(await person.asUser('GET /api/v1/llm/api-keys?cursor=%00'), 400, 'invalid_request');
});

test('a path that cannot be decoded is a 400', async () => {
  expect((await person.asUser('DELETE /api/v1/llm/api-keys/%E0%A4%A')).status).toBe(400);
});

test('every wrong field is named, the first one in the message', async () => {
  const called = await person.asUser(newKey, { body: { name: '', tokens_per_day: 1.5, colour: 'red' } });
  expectRefusal(called, 400, 'invalid_request');
  expect(called.body).toMatchObject({
    error: {
      message: expect.stringMatching(/^name: /),
      details: { issues: [{ path: 'name' }, { path: 'tokens_per_day' }, { path: 'colour' }] },
    },
  });
});

test('a sane x-request-id of the client is kept, any other is replaced', async () => {
  const kept = await place.call('GET /healthz', { headers: { 'x-request-id': 'trace-1.2:3' } });
  expect(kept.headers.get('x-request-id')).toBe('trace-1.2:3');
  for (const given of ['has spaces', 'x'.repeat(129), '<script>']) {
    const { headers } = await place.call('GET /healthz', { headers: { 'x-request-id': given } });
    expect(headers.get('x-request-id')).toMatch(/^req_[0-9a-z]{26}$/);
  }
});

test('every answer carries the security headers', async () => {
  for (const target of ['GET /healthz', 'GET /nothing', 'GET /docs']) {
    const { headers } = await place.call(target);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  }
});

const preflight = (origin: string, path: string) =>
  place.call(`OPTIONS ${path}`, { headers: { origin, 'access-control-request-method': 'POST' } });

test('only listed origins may read answers', async () => {
  const app = await preflight('http://localhost:5173', '/api/v1/auth/login');
  expect(app.status).toBe(204);
  expect(app.headers.get('access-control-allow-origin')).toBe('http://localhost:5173');

  const stranger = await preflight('https://evil.example', '/api/v1/auth/login');
  expect(stranger.headers.get('access-control-allow-origin')).toBeNull();
});

test('the Temporal UI may call the codec with its namespace header, and nothing else', async () => {
  const origin = new URL(place.config.TEMPORAL_UI_URL).origin;
  const asked = {
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'x-namespace,content-type',
  };
  const codec = await place.call('OPTIONS /codec/some/decode', { headers: { origin, ...asked } });
  expect(codec.headers.get('access-control-allow-origin')).toBe(origin);
  expect(codec.headers.get('access-control-allow-headers')).toContain('x-namespace');

  const login = await place.call('OPTIONS /api/v1/auth/login', { headers: { origin, ...asked } });
  expect(login.headers.get('access-control-allow-origin')).toBeNull();
});

test('the access log has one line a request, without bodies, tokens and query', async () => {
  await place.call('GET /healthz?secret=in-the-query', { headers: { 'x-request-id': 'logged-1' } });
  await place.call('POST /codec/secret-in-the-path/decode', { body: { payloads: [] } });

  const logged = place.logLines.join('');
  expect(place.logLines.filter((line) => line.includes('logged-1'))).toHaveLength(1);
  expect(logged).not.toMatch(/in-the-query|secret-in-the-path|correct horse/);
  expect(logged).not.toContain(person.session.access_token);
});
