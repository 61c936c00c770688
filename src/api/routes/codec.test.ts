import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { apiPlace } from '../../../test/api-place.ts';
import type { ApiPlace, Called } from '../../../test/api-place.ts';

let place: ApiPlace;

beforeAll(async () => {
  place = await apiPlace({ settings: { CODEC_TOKEN: 'a-token-of-this-test' } });
});
afterAll(() => place.close());

const plain = {
  metadata: { encoding: Buffer.from('json/plain').toString('base64') },
  data: Buffer.from('"the secret"').toString('base64'),
};
const translated = z.object({
  payloads: z.array(z.object({ metadata: z.record(z.string(), z.string()), data: z.string() })),
});
const payloadsOf = ({ body }: Called) => translated.parse(body).payloads;

async function sealed() {
  return payloadsOf(await place.call('POST /codec/a-token-of-this-test/encode', { body: { payloads: [plain] } }));
}

test('what the codec encodes it decodes, and nobody else can read', async () => {
  const payloads = await sealed();
  expect(Buffer.from(payloads[0]?.data ?? '', 'base64').toString('latin1')).not.toContain('the secret');

  const decoded = await place.call('POST /codec/a-token-of-this-test/decode', { body: { payloads } });
  expect(payloadsOf(decoded)).toEqual([plain]);
});

test.each(['wrong-token-of-this', 'a', 'a-token-of-this-test-x'])('another token is a 404: %s', async (token) => {
  const called = await place.call(`POST /codec/${token}/decode`, { body: { payloads: await sealed() } });
  expect(called.status).toBe(404);
});

test('operators decode with their own token; users and strangers do not', async () => {
  const target = 'POST /api/v1/admin/codec/decode';
  const body = { payloads: await sealed() };
  const { email, asUser, userId } = await place.signUp();
  expect((await place.call(target, { body })).status).toBe(401);
  expect((await asUser(target, { body })).status).toBe(403);

  await place.database.em.fork().execute('update users set role = ? where id = ?', ['operator', userId]);
  const login = await place.call('POST /api/v1/auth/login', { body: { email, password: 'correct horse battery' } });
  const { access_token: token } = z.object({ access_token: z.string() }).parse(login.body);
  const decoded = await place.call(target, { body, headers: { authorization: `Bearer ${token}` } });
  expect(payloadsOf(decoded)).toEqual([plain]);
});

test.each([
  [{}, 400],
  [{ payloads: [{ data: 'not base64!' }] }, 400],
  [{ payloads: [{ metadata: { encoding: 7 } }] }, 400],
])('payloads that are not right are refused: %j', async (body, status) => {
  expect((await place.call('POST /codec/a-token-of-this-test/decode', { body })).status).toBe(status);
});

test('payloads that no key opens are a 422', async () => {
  const [payload] = await sealed();
  const data = Buffer.from('tampered'.repeat(10)).toString('base64');
  const called = await place.call('POST /codec/a-token-of-this-test/decode', {
    body: { payloads: [{ ...payload, data }] },
  });
  expect(called).toMatchObject({ status: 422, body: { error: { code: 'unprocessable' } } });
});
