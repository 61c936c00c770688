import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { BadRequestError, NotFoundError, RateLimitError } from 'openai';
import { embeddings, refused } from '../../../test/fake-media-upstream.ts';
import { Gate } from '../../../test/fake-upstream.ts';
import { mediaPlace, refusalOf } from '../../../test/media-place.ts';
import type { MediaPlace } from '../../../test/media-place.ts';
import { free } from '../../../test/media-deployment.ts';

let place: MediaPlace;
let person: Awaited<ReturnType<MediaPlace['person']>>;

const prices = { ...free, inputNanos: 20_000_000 };
const input = 'The food was delicious.';

beforeAll(async () => {
  place = await mediaPlace();
  person = await place.person();
  await place.model('embedder', { type: 'embedding', prices });
  await place.model('spare', { type: 'embedding', prices });
  await place.chain('embedding', 'embedding', ['embedder', 'spare']);
});
afterAll(() => place.close());

test('the OpenAI SDK gets its vectors, charged to the nano-dollar', async () => {
  place.upstream.script('embedder', embeddings(1_234));
  const asked = { model: 'embedder', input, encoding_format: 'float' as const };
  const { data, response } = await person.sdk.embeddings.create(asked).withResponse();

  expect(data).toMatchObject({ object: 'list', model: 'embedder', data: [{ embedding: [0.25, -0.5] }] });
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'x-model': 'embedder',
    'x-provider': 'media',
    'x-attempts': '1',
    'x-cost-nanodollars': '24680',
  });
  await expect(place.recordOf(response)).resolves.toMatchObject({
    operation: 'embeddings',
    inputTokens: 1_234,
    outputTokens: 0,
    costNanos: 24_680,
    estimated: false,
    success: true,
  });
});

test('a provider that does not tell is counted, and the record says so', async () => {
  place.upstream.script('embedder', embeddings(null));
  const asked = { model: 'embedder', input: [input, input], encoding_format: 'float' as const };
  const { response } = await person.sdk.embeddings.create(asked).withResponse();
  await expect(place.recordOf(response)).resolves.toMatchObject({ inputTokens: 10, estimated: true, costNanos: 200 });
});

test('when the first deployment is down the second one answers', async () => {
  place.upstream.script('embedder', refused(500, 'down'));
  place.upstream.script('spare', embeddings(5));
  const asked = { model: 'embedding', input, encoding_format: 'float' as const };
  const { response } = await person.sdk.embeddings.create(asked).withResponse();
  expect(Object.fromEntries(response.headers)).toMatchObject({ 'x-model': 'spare', 'x-attempts': '2' });
});

test('a refusal of the provider, a model that is not there and a limit are the SDK’s own errors', async () => {
  place.upstream.script('embedder', refused(400, 'dimensions is not for this model'));
  const refusal = await refusalOf(person.sdk.embeddings.create({ model: 'embedder', input, dimensions: 7 }));
  expect(refusal).toBeInstanceOf(BadRequestError);
  expect(String(refusal)).toContain('dimensions is not for this model');

  expect(await refusalOf(person.sdk.embeddings.create({ model: 'nobody', input }))).toBeInstanceOf(NotFoundError);

  const poor = await place.person({ tokens_per_day: 4 });
  const before = place.upstream.calls('embedder').length;
  expect(await refusalOf(poor.sdk.embeddings.create({ model: 'embedder', input }))).toBeInstanceOf(RateLimitError);
  expect(place.upstream.calls('embedder')).toHaveLength(before);
});

test.each([
  [{ input }, 'model'],
  [{ model: 'embedder' }, 'input'],
  [{ model: 'embedder', input: [] }, 'input'],
  [{ model: 'embedder', input: [[1], 'x'] }, 'input'],
  [{ model: 'embedder', input, encoding_format: 'int8' }, 'encoding_format'],
])('a request that is not right is a 400 whose param names the field: %j', async (body, param) => {
  const called = await person.call('POST /v1/embeddings', { body });
  expect(called).toMatchObject({ status: 400, body: { error: { type: 'invalid_request_error', param } } });
});

test('a model that makes no embeddings is refused by its name', async () => {
  await place.model('drawer', { type: 'image' });
  const called = await person.call('POST /v1/embeddings', { body: { model: 'drawer', input } });
  expect(called).toMatchObject({ status: 400, body: { error: { param: 'model' } } });
});

test('a key works in both headers; nothing else does', async () => {
  place.upstream.script('embedder', embeddings(5));
  const body = { model: 'embedder', input };
  const { status } = await place.call('POST /v1/embeddings', { body, headers: { 'x-api-key': person.secret } });
  expect([status, (await place.call('POST /v1/embeddings', { body })).status]).toEqual([200, 401]);
});

test('a client that leaves cuts the provider, and what it may have done is charged as an estimate', async () => {
  const gate = new Gate();
  place.upstream.script('embedder', { before: gate });
  const leaver = await place.person();
  const client = new AbortController();
  const before = place.upstream.calls('embedder').length;
  const call = leaver.sdk.embeddings.create({ model: 'embedder', input }, { signal: client.signal });
  const refusal = refusalOf(call);
  await place.until(() => place.upstream.calls('embedder').length > before);
  client.abort();

  await expect(refusal).resolves.toMatchObject({ name: 'Error' });
  await place.upstream.calls('embedder').at(-1)?.closed;
  gate.open();
  await expect(place.lastRecordOf(leaver.userId, 'client_gone')).resolves.toMatchObject({
    inputTokens: 5,
    estimated: true,
  });
});
