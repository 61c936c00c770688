import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { apiPlace } from '../../../test/api-place.ts';
import type { ApiPlace } from '../../../test/api-place.ts';
import { spent } from '../../../test/usage-place.ts';
import { UsageRecord } from '../../entities/usage-record.ts';
import { newId } from '../../infra/ids.ts';

let place: ApiPlace;

beforeAll(async () => {
  place = await apiPlace();
});
afterAll(() => place.close());

async function used(userId: string, modelName: string, inputTokens: number): Promise<void> {
  const record = { ...spent({ modelName, inputTokens }), requestId: newId('req'), userId, createdAt: new Date() };
  await place.database.em.fork().insert(UsageRecord, record);
}

test('usage is my own, in all and by model', async () => {
  const [mine, other] = [await place.signUp(), await place.signUp()];
  await used(mine.userId, 'small', 10);
  await used(mine.userId, 'large', 100);
  await used(other.userId, 'small', 1_000);

  for (const period of ['day', 'week', 'month']) {
    expect(await mine.asUser(`GET /api/v1/llm/usage/summary?period=${period}`)).toMatchObject({
      status: 200,
      body: { period, total_tokens: 120, total_cost_nanos: 2_000, request_count: 2 },
    });
  }
  expect(await mine.asUser('GET /api/v1/llm/usage/by-model')).toMatchObject({
    status: 200,
    body: {
      data: [
        { model: 'large', input_tokens: 100 },
        { model: 'small', input_tokens: 10, cost_nanos: 1_000 },
      ],
    },
  });
});

test('the quota says what the tier allows and what is left', async () => {
  const { asUser } = await place.signUp();
  expect(await asUser('GET /api/v1/llm/quota')).toMatchObject({
    status: 200,
    body: { daily: { used: 0, limit: 100_000, remaining: 100_000, percentage: 0 }, weekly: { limit: null } },
  });
});

test('a period that does not exist is a 400 that names it', async () => {
  const { asUser } = await place.signUp();
  const called = await asUser('GET /api/v1/llm/usage/summary?period=year');
  expect(called).toMatchObject({ status: 400, body: { error: { details: { issues: [{ path: 'period' }] } } } });
});

test.each(['usage/summary', 'usage/by-model', 'quota'])('%s needs a token', async (path) => {
  expect((await place.call(`GET /api/v1/llm/${path}`)).status).toBe(401);
});
