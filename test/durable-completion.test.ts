/** A whole completion with an `Idempotency-Key`, through the API, Temporal and the llm worker as their own processes. */
import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { APIError, OpenAI } from 'openai';
import { z } from 'zod';
import { until } from '../dev/stack/until.ts';
import { UsageRecord } from '../src/entities/usage-record.ts';
import { callTo } from './api-place.ts';
import { applicationPlace } from './application-place.ts';
import type { ApplicationPlace } from './application-place.ts';

let place: ApplicationPlace;
let secret: string;
let userId: string;
let token: string;

beforeAll(async () => {
  place = await applicationPlace({ namespace: 'test-durable', models: ['strict', 'busy'] });
  const call = callTo(place.application.url);
  const email = `durable-${crypto.randomUUID()}@example.com`;
  const registered = await call('POST /api/v1/auth/register', { body: { email, password: 'a long password' } });
  const session = z.object({ access_token: z.string(), user: z.object({ id: z.string() }) }).parse(registered.body);
  const headers = { authorization: `Bearer ${session.access_token}` };
  const made = await call('POST /api/v1/llm/api-keys', { body: { name: 'durable' }, headers });
  secret = z.object({ secret: z.string() }).parse(made.body).secret;
  userId = session.user.id;
  token = session.access_token;
});
afterAll(() => place.close());

const question = { model: 'text', max_tokens: 100, messages: [{ role: 'user' as const, content: 'Why tomatoes?' }] };
const openai = () => new OpenAI({ baseURL: `${place.application.url}/v1`, apiKey: secret, maxRetries: 0 });
const once = (key: string) => ({ headers: { 'idempotency-key': key } });

const rows = () => place.services.database.em.fork().find(UsageRecord, { userId });

async function refused(asking: Promise<unknown>): Promise<APIError> {
  const error = await asking.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof APIError) return error;
  throw new Error('expected a refusal', { cause: error });
}

async function charges(count: number): Promise<number> {
  await until(async () => (await rows()).length >= count, { timeoutMs: 20_000 });
  return (await rows()).length;
}

test('the same key and body are one run, one answer and one charge, whoever asks again, and in whichever format', async () => {
  const asked = Array.from({ length: 3 }, () => openai().chat.completions.create(question, once('one')));
  const answers = await Promise.all(asked);
  expect(answers[0]?.choices[0]?.message.content).toBe('Because they taste of summer.');
  expect(answers[1]).toEqual(answers[0]);
  expect(answers[2]).toEqual(answers[0]);
  expect(place.upstream.answers.chat).toBe(1);

  const claude = new Anthropic({ baseURL: place.application.url, apiKey: secret, maxRetries: 0 });
  const message = await claude.messages.create(question, once('one'));
  expect(message.content).toMatchObject([{ type: 'text', text: 'Because they taste of summer.' }]);
  expect(await charges(2)).toBe(2);
});

test('another body under the same key is a 409, and a stream is a 400 that names the header', async () => {
  await openai().chat.completions.create(question, once('two'));
  const other = openai().chat.completions.create({ ...question, max_tokens: 99 }, once('two'));
  await expect(other).rejects.toMatchObject({ status: 409, code: 'idempotency_conflict' });
  const streamed = openai().chat.completions.create({ ...question, stream: true }, once('three'));
  await expect(streamed).rejects.toMatchObject({ status: 400, param: 'idempotency-key' });
});

test('a run outlives the process that took its request', async () => {
  const hold = place.upstream.hold('chat');
  const before = place.upstream.answers.chat;
  const first = openai()
    .chat.completions.create(question, once('four'))
    .catch((error: unknown) => error);
  await hold.arrived;
  await place.application.kill('api');
  await expect(first).resolves.toBeInstanceOf(Error);
  hold.release();
  await place.application.restart('api');
  await place.application.ready();
  const answer = await openai().chat.completions.create(question, once('four'));
  expect(answer.choices[0]?.message.content).toBe('Because they taste of summer.');
  expect(place.upstream.answers.chat).toBe(before + 1);
});

test('whoever does not want to wait joins the run later by the same key', async () => {
  const hold = place.upstream.hold('chat');
  const before = place.upstream.answers.chat;
  const headers = { ...once('later').headers, 'x-request-timeout-ms': '500' };
  const error = await refused(openai().chat.completions.create(question, { headers }));
  expect(error).toMatchObject({ status: 504, code: 'upstream_timeout' });
  await hold.arrived;
  hold.release();
  const answer = await openai().chat.completions.create(question, once('later'));
  expect(answer.choices[0]?.message.content).toBe('Because they taste of summer.');
  expect(place.upstream.answers.chat).toBe(before + 1);
});

test.each([
  ['strict', { status: 400, message: 'not like this' }, { status: 400, code: 'upstream_rejected', retryAfter: null }],
  [
    'busy',
    { status: 429, message: 'later', headers: { 'retry-after': '200' } },
    { status: 429, code: 'upstream_busy', retryAfter: '200' },
  ],
])('a failed run is told as a call is, to whoever asks, and is not run again: %s', async (model, reply, told) => {
  place.upstream.refuse(model, reply);
  const before = place.upstream.answers.chat;
  for (let asked = 0; asked < 2; asked += 1) {
    const error = await refused(openai().chat.completions.create({ ...question, model }, once(model)));
    const { status, code, headers } = error;
    expect({ status, code, retryAfter: headers?.get('retry-after') }).toEqual(told);
    expect(error.message).toContain(reply.status === 400 ? reply.message : 'No model has room');
  }
  expect(place.upstream.answers.chat).toBe(before + 1);
});

test('a refusal by a quota is told in full, and the same key runs, once, when there is room', async () => {
  const call = callTo(place.application.url, { authorization: `Bearer ${token}` });
  const made = await call('POST /api/v1/llm/api-keys', { body: { name: 'small', tokens_per_day: 160 } });
  const key = z.object({ id: z.string(), secret: z.string() }).parse(made.body);
  const client = new OpenAI({ baseURL: `${place.application.url}/v1`, apiKey: key.secret, maxRetries: 0 });
  const ask = (name: string) => client.chat.completions.create(question, once(name));
  await ask('uses it up');
  const before = place.upstream.answers.chat;

  for (const error of [await refused(ask('waits')), await refused(ask('waits'))]) {
    expect(error).toMatchObject({ status: 429, code: 'insufficient_quota' });
    expect(error.headers?.get('x-should-retry')).toBe('false');
    expect(Number(error.headers?.get('retry-after'))).toBeGreaterThan(0);
  }
  await call(`PATCH /api/v1/llm/api-keys/${key.id}`, { body: { tokens_per_day: 5_000 } });
  await ask('waits');
  await ask('waits');
  expect(place.upstream.answers.chat).toBe(before + 1);
  await until(async () => (await rows()).filter(({ apiKeyId }) => apiKeyId === key.id).length === 2, {
    timeoutMs: 20_000,
  });
});

test('a model that does not exist is a 404, as it is without an Idempotency-Key', async () => {
  const nobody = openai().chat.completions.create({ ...question, model: 'nobody' }, once('five'));
  await expect(nobody).rejects.toMatchObject({ status: 404 });
});
