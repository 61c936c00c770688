import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { apiPlace, callTo, PASSWORD } from '../../../test/api-place.ts';
import type { ApiPlace } from '../../../test/api-place.ts';
import { usedBefore } from '../../../test/usage-place.ts';
import { User } from '../../entities/user.ts';

let place: ApiPlace;

beforeAll(async () => {
  place = await apiPlace();
});
afterAll(() => place.close());

const PATH = 'GET /api/v1/admin/stats/overview';
const session = z.object({ access_token: z.string() });

async function operator() {
  const { userId, email } = await place.signUp();
  await place.database.em.fork().nativeUpdate(User, { id: userId }, { role: 'operator' });
  const login = await place.call('POST /api/v1/auth/login', { body: { email, password: PASSWORD } });
  return callTo(place.api.url, { authorization: `Bearer ${session.parse(login.body).access_token}` });
}

test('the overview sums up all users: today, the month, and with whom', async () => {
  const ask = await operator();
  expect(await ask(PATH)).toMatchObject({
    status: 200,
    body: { today: { requests: 0, tokens: 0, cost_nanos: 0 }, active_users_today: 0, by_provider: [] },
  });
  const [one, other] = [await place.signUp(), await place.signUp()];
  const key = await one.asUser('POST /api/v1/llm/api-keys', { body: { name: 'a' } });
  await one.asUser(`DELETE /api/v1/llm/api-keys/${z.object({ id: z.string() }).parse(key.body).id}`);
  await usedBefore(place.database, one.userId, { modelName: 'small' });
  await usedBefore(place.database, one.userId, { modelName: 'large', providerId: 'dear', costNanos: 9_000 });
  await usedBefore(place.database, other.userId, { modelName: 'small', providerId: '', success: false, costNanos: 0 });
  await usedBefore(place.database, other.userId, { at: new Date(Date.now() - 32 * 86_400_000) });

  const all = { requests: 3, tokens: 45, cost_nanos: 10_000 };
  expect(await ask(PATH)).toMatchObject({
    status: 200,
    body: {
      today: all,
      month: all,
      active_users_today: 2,
      total_api_keys: 1,
      by_provider: [
        { name: 'dear', requests: 1, tokens: 15, cost_nanos: 9_000 },
        { name: 'provider-a', requests: 1, cost_nanos: 1_000 },
      ],
      by_model: [
        { name: 'large', cost_nanos: 9_000 },
        { name: 'small', requests: 2, cost_nanos: 1_000 },
      ],
    },
  });
});

test('the overview is for operators only', async () => {
  expect((await (await place.signUp()).asUser(PATH)).status).toBe(403);
  expect((await place.call(PATH)).status).toBe(401);
});
