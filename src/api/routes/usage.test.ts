import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { apiPlace } from '../../../test/api-place.ts';
import type { ApiPlace } from '../../../test/api-place.ts';
import { priced, spent, usedBefore } from '../../../test/usage-place.ts';
import type { Past } from '../../../test/usage-place.ts';

let place: ApiPlace;
let stranger: Person;

beforeAll(async () => {
  place = await apiPlace();
  stranger = await place.signUp();
});
afterAll(() => place.close());

type Person = Awaited<ReturnType<ApiPlace['signUp']>>;
const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);
const dateOf = (at: Date) => at.toISOString().slice(0, 10);
const used = ({ userId }: Person, past: Past = {}) => usedBefore(place.database, userId, past);
const get = ({ asUser }: Person, path: string) => asUser(`GET /api/v1/llm/${path}`);
const newKey = async ({ asUser }: Person, limits = {}) => {
  const made = await asUser('POST /api/v1/llm/api-keys', { body: { name: 'test', ...limits } });
  return z.object({ id: z.string() }).parse(made.body).id;
};

test('usage is my own, in all and by model', async () => {
  const [mine, other] = [await place.signUp(), await place.signUp()];
  await used(mine, { modelName: 'small', latencyMs: 10 });
  await used(mine, { modelName: 'small', latencyMs: 21 });
  await used(mine, { modelName: 'large', inputTokens: 100, cacheReadTokens: 30, reasoningTokens: 2, images: 1 });
  await used(other, { modelName: 'small', inputTokens: 1_000 });

  for (const period of ['day', 'week', 'month']) {
    expect(await get(mine, `usage/summary?period=${period}`)).toMatchObject({
      status: 200,
      body: { period, total_tokens: 135, total_cost_nanos: 3_000, request_count: 3 },
    });
  }
  const large = { total_tokens: 105, cache_read_tokens: 30, reasoning_tokens: 2, images: 1 };
  expect(await get(mine, 'usage/by-model')).toMatchObject({
    status: 200,
    body: {
      period: { start_date: `${dateOf(new Date()).slice(0, 7)}-01`, end_date: dateOf(new Date()) },
      data: [
        { model: 'large', request_count: 1, ...large },
        { model: 'small', request_count: 2, input_tokens: 20, cost_nanos: 2_000, avg_latency_ms: 16 },
      ],
    },
  });
});

test('a range of days takes its first and its last day whole', async () => {
  const mine = await place.signUp();
  const day = dateOf(daysAgo(40));
  for (const time of ['00:00:00.000Z', '23:59:59.999Z']) await used(mine, { at: new Date(`${day}T${time}`) });
  for (const days of [39, 41]) await used(mine, { at: new Date(`${dateOf(daysAgo(days))}T12:00:00Z`) });

  const range = `start_date=${day}&end_date=${day}`;
  expect(await get(mine, `usage/by-model?${range}`)).toMatchObject({ body: { data: [{ request_count: 2 }] } });
  expect(await get(mine, `usage/history?${range}`)).toMatchObject({ body: { total: 2 } });
});

test('the history is newest first, has a true total, and says all of each request', async () => {
  const mine = await place.signUp();
  const keyId = await newKey(mine);
  const attempts = [{ model: 'small', provider: 'provider-a', outcome: 'answered', status: 200, latencyMs: 7 }];
  await used(mine, { at: daysAgo(2), modelName: 'large' });
  await used(mine, { at: daysAgo(31) });
  const id = await used(mine, { at: daysAgo(1), keyId, attempts, firstTokenMs: 4, streamed: true });

  expect(await get(mine, 'usage/history?limit=1')).toEqual({
    status: 200,
    headers: expect.anything(),
    body: {
      total: 2,
      limit: 1,
      offset: 0,
      data: [
        {
          id,
          created_at: expect.stringContaining(dateOf(daysAgo(1))),
          key_id: keyId,
          operation: 'chat',
          requested_model: 'auto',
          model: 'model-a',
          model_id: 'mdl_a',
          provider: 'provider-a',
          input_tokens: 10,
          output_tokens: 5,
          total_tokens: 15,
          cache_read_tokens: 0,
          cache_write_5m_tokens: 0,
          cache_write_1h_tokens: 0,
          reasoning_tokens: 0,
          images: 0,
          audio_ms: 0,
          characters: 0,
          cost_nanos: 1_000,
          price_version: 1,
          estimated: false,
          streamed: true,
          success: true,
          error_code: null,
          latency_ms: 20,
          first_token_ms: 4,
          attempts: [{ model: 'small', provider: 'provider-a', outcome: 'answered', status: 200, latency_ms: 7 }],
        },
      ],
    },
  });
  expect(await get(mine, 'usage/history?offset=1')).toMatchObject({ body: { total: 2, data: [{ model: 'large' }] } });
  expect(await get(mine, 'usage/history?offset=2')).toMatchObject({ body: { total: 2, data: [] } });
  expect(await get(mine, 'usage/history?model_id=large')).toMatchObject({ body: { total: 1 } });
  expect(await get(mine, `usage/history?key_id=${keyId}&model_id=mdl_a`)).toMatchObject({ body: { total: 1 } });
  expect(await get(stranger, `usage/history?key_id=${keyId}`)).toMatchObject({ body: { total: 0 } });
});

test('the trend has every day, also those without use, up to today', async () => {
  const mine = await place.signUp();
  await used(mine, { at: new Date(`${dateOf(daysAgo(2))}T00:00:00Z`) });
  await used(mine, { at: new Date(`${dateOf(daysAgo(2))}T23:59:59.999Z`) });
  await used(mine, { at: daysAgo(3) });
  await used(mine);
  const none = { request_count: 0, total_tokens: 0, total_cost_nanos: 0 };
  const one = { request_count: 1, total_tokens: 15, total_cost_nanos: 1_000 };
  expect(await get(mine, 'usage/daily-trend?days=3')).toMatchObject({
    status: 200,
    body: {
      days: 3,
      data: [
        { date: dateOf(daysAgo(2)), request_count: 2, total_tokens: 30, total_cost_nanos: 2_000 },
        { date: dateOf(daysAgo(1)), ...none },
        { date: dateOf(daysAgo(0)), ...one },
      ],
    },
  });
  const month = z.object({ data: z.array(z.unknown()) }).parse((await get(mine, 'usage/daily-trend')).body);
  expect(month.data).toHaveLength(30);
});

test('the quota says what the tier allows and what is left, of tokens and of money, and nothing is infinite', async () => {
  const mine = await place.signUp();
  const caller = await place.usage.caller(mine.userId);
  await place.usage.settle((await place.usage.reserve(priced(caller))).hold, spent());
  await place.usage.reserve(priced(caller));
  const { body } = await get(mine, 'quota');
  const unlimited = { limit: null, remaining: null, percentage: 0 };
  expect(body).toMatchObject({
    daily: { used: 115, limit: 100_000, remaining: 99_885, percentage: 0.12, cost_nanos: { used: 2_000 } },
    weekly: { used: 115, ...unlimited, cost_nanos: { used: 2_000, ...unlimited } },
  });
});

test('the quota of a key is the key’s where less is left of it, and only its owner may ask', async () => {
  const mine = await place.signUp();
  const keyId = await newKey(mine, { tokens_per_day: 200, cost_nanos_per_month: 4_000 });
  const caller = { ...(await place.usage.caller(mine.userId)), keyId };
  await place.usage.settle((await place.usage.reserve(priced(caller))).hold, spent());

  expect(await get(mine, `quota?key_id=${keyId}`)).toMatchObject({
    status: 200,
    body: {
      daily: { used: 15, limit: 200, remaining: 185, percentage: 7.5 },
      weekly: { used: 15, limit: null },
      monthly: { cost_nanos: { used: 1_000, limit: 4_000, remaining: 3_000, percentage: 25 } },
    },
  });
  expect(await get(stranger, `quota?key_id=${keyId}`)).toMatchObject({ status: 404 });
});

test('the table has all records, oldest first, and nothing in it is a formula', async () => {
  const mine = await place.signUp();
  await used(mine, {
    at: daysAgo(3),
    modelName: '=HYPERLINK("http://evil")',
    errorCode: '@SUM(A1)',
    providerId: 'a,b',
  });
  const attempts = [{ model: '+cmd', provider: 'p', outcome: 'o', latencyMs: 1 }];
  const ids = [await used(mine, { at: daysAgo(2), attempts }), await used(mine, { at: daysAgo(1) })];

  const { status, headers, body } = await get(mine, 'usage/export.csv');
  expect(status).toBe(200);
  expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(headers.get('content-disposition')).toBe('attachment; filename="usage.csv"');
  const lines = String(body).trimEnd().split('\n');
  expect(lines[0]).toMatch(/^id,created_at,key_id,operation,requested_model,model,.*,attempts$/);
  expect(lines).toHaveLength(4);
  expect(lines[1]).toContain(`,"'=HYPERLINK(""http://evil"")",`);
  expect(lines[1]).toContain(`,'@SUM(A1),`);
  expect(lines[1]).toContain(',"a,b",');
  expect(lines.slice(2).map((line) => line.split(',')[0])).toEqual(ids);
  expect(
    String((await get(stranger, 'usage/export.csv')).body)
      .trimEnd()
      .split('\n'),
  ).toHaveLength(1);
});

test('a long table comes whole', async () => {
  const mine = await place.signUp();
  await place.database.em.fork().execute(
    `insert into usage_records select r.request_id || n, r.created_at, r.user_id, null, 'chat', 'm', 'm', null, 'p',
      1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1, false, false, true, null, '[]', 1, null
      from usage_records r, generate_series(1, 2499) n where r.request_id = ?`,
    [await used(mine)],
  );
  const lines = String((await get(mine, 'usage/export.csv')).body)
    .trimEnd()
    .split('\n');
  expect(lines).toHaveLength(2_501);
  expect(new Set(lines).size).toBe(2_501);
});

test.each([
  ['usage/summary?period=year', 'period'],
  ['usage/by-model?start_date=yesterday', 'start_date'],
  ['usage/by-model?start_date=2026-02-30', 'start_date'],
  ['usage/by-model?start_date=2026-11-02&end_date=2026-11-01', 'end_date'],
  ['usage/history?limit=0', 'limit'],
  ['usage/history?limit=1001', 'limit'],
  ['usage/history?offset=-1', 'offset'],
  ['usage/history?offset=1.5', 'offset'],
  ['usage/history?end_date=2026-13-01', 'end_date'],
  ['usage/daily-trend?days=91', 'days'],
  ['usage/daily-trend?days=none', 'days'],
  ['usage/export.csv?start_date=2026-11-02&end_date=2026-11-01', 'end_date'],
  ['usage/export.csv?key_id=', 'key_id'],
  ['quota?key_id=a%20b', 'key_id'],
])('%s is a 400 that names %s', async (path, field) => {
  const refused = { status: 400, body: { error: { details: { issues: [{ path: field }] } } } };
  expect(await get(stranger, path)).toMatchObject(refused);
});

test.each(['0000-01-01', '0001-01-01', '9999-12-31'])('the day %s is a day like any other', async (date) => {
  const mine = await place.signUp();
  await used(mine);
  const [start, end] = date < '2000' ? [date, '9999-12-31'] : ['2026-01-01', date];
  expect(await get(mine, `usage/history?start_date=${start}&end_date=${end}`)).toMatchObject({ body: { total: 1 } });
});

const paths = ['usage/summary', 'usage/by-model', 'usage/history', 'usage/daily-trend', 'usage/export.csv', 'quota'];
test.each(paths)('%s needs a token', async (path) => {
  expect((await place.call(`GET /api/v1/llm/${path}`)).status).toBe(401);
});
