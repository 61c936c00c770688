import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { APIError, OpenAI } from 'openai';
import { z } from 'zod';
import { apiPlace } from '../../../test/api-place.ts';
import type { ApiPlace } from '../../../test/api-place.ts';
import { CUT, chunk, completion, fakeUpstream, Gate, refusal, streamOf } from '../../../test/fake-upstream.ts';
import type { FakeUpstream } from '../../../test/fake-upstream.ts';
import { UsageRecord } from '../../entities/usage-record.ts';

/** The whole way: SDK, API, gateway, a provider in OpenAI's format; and what the ledger says of it. */
let place: ApiPlace;
let upstream: FakeUpstream;
let person: Awaited<ReturnType<ApiPlace['signUp']>>;
let sdk: OpenAI;

const question = { model: 'chain', messages: [{ role: 'user' as const, content: 'Hello?' }] };

beforeAll(async () => {
  upstream = await fakeUpstream();
  place = await apiPlace();
  const { catalog } = place.llm;
  await catalog.upsertProvider({
    id: 'fake',
    displayName: 'Fake',
    baseUrl: upstream.url,
    credentials: ['k'],
    enabled: true,
  });
  for (const name of ['first', 'second']) await catalog.upsertModel(modelCalled(name));
  const modelNames = ['first', 'second'];
  await catalog.upsertGroup({ id: 'chain', displayName: 'Chain', type: 'text', modelNames, retryCount: 0 });

  person = await place.signUp();
  const made = await person.asUser('POST /api/v1/llm/api-keys', { body: { name: 'test' } });
  const { secret } = z.object({ secret: z.string() }).parse(made.body);
  sdk = new OpenAI({ baseURL: `${place.api.url}/v1`, apiKey: secret, maxRetries: 0 });
});
afterAll(async () => {
  await place.close();
  await upstream.close();
});

const modelCalled = (name: string) => ({
  name,
  providerId: 'fake',
  upstreamName: name,
  displayName: name,
  type: 'text' as const,
  contextTokens: 8_000,
  maxOutputTokens: 1_000,
  prices: {
    inputNanos: 1_000_000_000,
    outputNanos: 4_000_000_000,
    cacheReadNanos: 0,
    cacheWrite5mNanos: 0,
    cacheWrite1hNanos: 0,
  },
});

async function recordOf(response: Response): Promise<UsageRecord> {
  await place.usage.ledger.drain();
  const requestId = response.headers.get('x-request-id') ?? '';
  return place.database.em.fork().findOneOrFail(UsageRecord, { requestId });
}

test('when the first model is down the second one answers, and only its answer is charged', async () => {
  upstream.script('first', refusal(500));
  upstream.script('second', completion('Hi.'));
  const { data, response } = await sdk.chat.completions.create(question).withResponse();

  expect(data).toMatchObject({ model: 'second', choices: [{ message: { content: 'Hi.' } }] });
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'x-model': 'second',
    'x-attempts': '2',
    'x-cost-nanodollars': '30000',
  });
  const record = await recordOf(response);
  expect(record).toMatchObject({ userId: person.userId, modelName: 'second', costNanos: 30_000, success: true });
  expect(record.attempts).toHaveLength(2);
});

test('a stream falls back before its first byte, and is charged at its end', async () => {
  upstream.script('first', { cut: true });
  upstream.script('second', streamOf(['Hel', 'lo.']));
  const { data, response } = await sdk.chat.completions.create({ ...question, stream: true }).withResponse();
  let text = '';
  for await (const part of data) text += part.choices[0]?.delta.content ?? '';

  expect([text, response.headers.get('x-model')]).toEqual(['Hello.', 'second']);
  expect(await recordOf(response)).toMatchObject({
    modelName: 'second',
    streamed: true,
    success: true,
    costNanos: 30_000,
  });
});

test('a stream that its client leaves is charged for what went out', async () => {
  upstream.script('first', { events: [chunk('Some '), chunk('words '), new Gate()] });
  const { data, response } = await sdk.chat.completions.create({ ...question, stream: true }).withResponse();
  for await (const _ of data) break;
  const call = await upstream.called('first', upstream.calls('first').length);
  await call.closed;

  const asked = Date.now();
  let record: UsageRecord | undefined;
  while (!record && Date.now() - asked < 5_000) record = await recordOf(response).catch(() => undefined);
  expect(record).toMatchObject({ success: false, errorCode: 'client_gone', estimated: true });
  expect(record?.costNanos).toBeGreaterThan(0);
});

test('a stream that breaks ends in an error that the SDK throws', async () => {
  upstream.script('first', { events: [chunk('Some '), CUT] });
  const stream = await sdk.chat.completions.create({ ...question, stream: true });
  const read = async () => {
    for await (const _ of stream);
  };
  await expect(read()).rejects.toThrow('The answer broke off.');
});

test('when no model answers the SDK gets one error, and nothing is charged', async () => {
  upstream.script('first', refusal(500));
  upstream.script('second', refusal(503));
  const failed = await sdk.chat.completions.create(question).catch((error: unknown) => error);

  expect(failed).toBeInstanceOf(APIError);
  expect(failed).toMatchObject({ status: 502, code: 'upstream_failed' });
});

test('a model that does not exist is a 404 that names it', async () => {
  const failed = await sdk.chat.completions.create({ ...question, model: 'nobody' }).catch((error: unknown) => error);
  expect(failed).toMatchObject({ status: 404 });
  expect(String(failed)).toContain('nobody');
});

test('the models and groups of the catalog are listed', async () => {
  const { data } = await sdk.models.list();
  expect(data.map(({ id }) => id).sort()).toEqual(['chain', 'first', 'second']);
});
