import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { generateWorkerKeyPair } from '../src/client/client.ts';
import { apiPlace } from './api-place.ts';
import type { ApiPlace } from './api-place.ts';
import { fuzz } from './schemathesis.ts';

let place: ApiPlace;
let user: Awaited<ReturnType<ApiPlace['signUp']>>;

beforeAll(async () => {
  const { publicKey } = await generateWorkerKeyPair();
  const settings = { AUTH_REQUESTS_PER_MINUTE: '100000', LOG_LEVEL: 'silent' };
  place = await apiPlace({ settings, starts: true, workerPublicKey: publicKey });
  user = await place.signUp();
});
afterAll(() => place.close());

// `/readyz` answers 503 on purpose: nobody works here. `/api/v1/events` does not end.
test('no request that a logged-in user can make up ends in a server error or in an answer that openapi.json does not know', async () => {
  const token = user.session.access_token;
  const requests = await fuzz({ url: place.api.url, token, except: '^/(v1/|readyz|api/v1/events)', examples: 4 });
  expect(requests).toBeGreaterThan(100);
});

test('no request that a key of the gateway can make up ends in a server error or in an answer that openapi.json does not know', async () => {
  const created = await user.asUser('POST /api/v1/llm/api-keys', { body: { name: 'fuzz' } });
  const { secret: token } = z.object({ secret: z.string() }).parse(created.body);
  const requests = await fuzz({
    url: place.api.url,
    token,
    except: '^/(api|codec|readyz|docs)',
    examples: 10,
  });
  expect(requests).toBeGreaterThan(20);
});
