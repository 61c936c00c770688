import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { answering, chatPlace, completion, question, readyAnswer, receipt } from '../../../test/chat-place.ts';
import type { ChatPlace } from '../../../test/chat-place.ts';
import { AppError } from '../../errors.ts';

let place: ChatPlace;

beforeAll(async () => {
  place = await chatPlace();
});
afterAll(() => place.close());
afterEach(() => {
  place.script.call = answering;
});

test('the OpenAI SDK gets an answer, with its receipt in the headers', async () => {
  const { data, response } = await place.sdk.chat.completions.create(question).withResponse();

  expect(data.choices[0]?.message.content).toBe('Hi.');
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'x-model': 'small',
    'x-attempts': '2',
    'x-cost-nanodollars': '1234',
    'x-price-version': '3',
    'x-request-id': expect.stringMatching(/^req_/),
  });
});

test('what the provider adds reaches the client', async () => {
  const { body } = await place.call('POST /v1/chat/completions', { body: { ...question, top_k: 7 } });
  expect(body).toEqual(completion);
});

test('the id in the ledger is never the client’s', async () => {
  const ids: string[] = [];
  place.script.call = async (_caller, _body, { requestId }) => {
    ids.push(requestId);
    return { kind: 'answer', answer: readyAnswer, receipt };
  };
  for (const id of ['mine', 'mine']) {
    const { headers } = await place.call('POST /v1/chat/completions', {
      body: question,
      headers: { 'x-request-id': id },
    });
    expect(headers.get('x-request-id')).toBe('mine');
  }
  expect(new Set([...ids, 'mine']).size).toBe(3);
});

test('a key works as bearer and as x-api-key; nothing else does', async () => {
  const send = (headers: Record<string, string>) =>
    place.callAnybody('POST /v1/chat/completions', { body: question, headers });
  const { session } = await place.signUp();

  expect((await send({ 'x-api-key': place.secret })).status).toBe(200);
  for (const headers of [{}, { 'x-api-key': 'sk-cf-1' }, { authorization: `Bearer ${session.access_token}` }]) {
    const { status, body } = await send(headers);
    expect([status, body]).toEqual([
      401,
      { error: expect.objectContaining({ type: 'invalid_request_error', code: 'invalid_api_key' }) },
    ]);
  }
});

test.each([
  [{ messages: question.messages }, 'model'],
  [{ model: 'auto' }, 'messages'],
  [{ model: 'auto', messages: [] }, 'messages'],
  [{ model: 'auto', messages: [{ content: 'x' }] }, 'messages.0.role'],
])('a request that is not right is a 400 whose param names the field: %j', async (body, param) => {
  const called = await place.call('POST /v1/chat/completions', { body });
  expect(called).toMatchObject({ status: 400, body: { error: { type: 'invalid_request_error', param } } });
});

test('an unknown error tells the client nothing, and the log all', async () => {
  place.script.call = async () => {
    throw new Error('the password of the upstream is hunter2');
  };
  const { status, body } = await place.call('POST /v1/chat/completions', { body: question });

  expect(status).toBe(500);
  expect(JSON.stringify(body)).not.toContain('hunter2');
  expect(place.logLines.join('')).toContain('hunter2');
});

function refuse(details: Record<string, unknown>) {
  place.script.call = async () => {
    throw new AppError('limit_exceeded', 'The limit is reached.', { details });
  };
  return place.call('POST /v1/chat/completions', { body: question });
}

test('a limit of a minute says when to come back; a quota of a day says not to retry', async () => {
  const counts = { limit_value: 60, current: 60 };
  const minute = await refuse({ ...counts, limit: 'requests_per_minute', retry_after_seconds: 7, period_quota: false });
  expect(minute).toMatchObject({ status: 429, body: { error: { type: 'rate_limit_error', code: 'limit_exceeded' } } });
  expect(Object.fromEntries(minute.headers)).toMatchObject({
    'retry-after': '7',
    'x-ratelimit-limit-requests': '60',
    'x-ratelimit-remaining-requests': '0',
    'x-ratelimit-reset-requests': '7s',
  });
  expect(minute.headers.get('x-should-retry')).toBeNull();

  const day = await refuse({ ...counts, limit: 'tokens_per_day', retry_after_seconds: 3600, period_quota: true });
  expect(day).toMatchObject({ status: 429, body: { error: { type: 'insufficient_quota' } } });
  expect(day.headers.get('x-should-retry')).toBe('false');
  expect(day.headers.get('x-ratelimit-limit-tokens')).toBe('60');
});

test('limits that cannot be checked are a 503 that says when to come back', async () => {
  place.script.call = async () => {
    throw new AppError('limits_unavailable', 'Limits cannot be checked.');
  };
  const { status, headers } = await place.call('POST /v1/chat/completions', { body: question });
  expect([status, headers.get('retry-after')]).toEqual([503, '2']);
});

test('a key sees the models that it may use', async () => {
  const models = z.object({
    object: z.literal('list'),
    data: z.array(z.object({ id: z.string(), object: z.literal('model') })),
  });
  const all = models.parse((await place.call('GET /v1/models')).body);
  const limited = await place.callAnybody('GET /v1/models', {
    headers: { 'x-api-key': await place.newKey({ name: 'limited', allowed_models: ['small'] }) },
  });

  expect(all.data.map(({ id }) => id)).toEqual(['auto', 'small']);
  expect(models.parse(limited.body).data.map(({ id }) => id)).toEqual(['small']);
  expect((await place.callAnybody('GET /v1/models')).status).toBe(401);
});
