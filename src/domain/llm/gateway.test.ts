import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { completion, Gate, refusal, streamOf, tokens } from '../../../test/fake-upstream.ts';
import { asking, bodyOf, chunksOf, collect, failureOf, llmPlace } from '../../../test/llm-place.ts';
import type { LlmPlace } from '../../../test/llm-place.ts';

let place: LlmPlace;
beforeAll(async () => {
  place = await llmPlace();
});
afterAll(() => place.close());

test('an answer comes under the public name, with its cost, and unknown fields reach the upstream', async () => {
  const caller = await place.newCaller({ key: {} });
  await place.model('public', { upstreamName: 'private' });
  place.upstream.script('private', completion('Hello.', tokens(100, 20)));
  const { operation, call } = asking('public', { seed: 7 });
  const result = await place.llm.call(caller, operation, call);

  expect(bodyOf(result)).toMatchObject({ model: 'public', choices: [{ message: { content: 'Hello.' } }] });
  expect(result.receipt).toEqual({
    requestId: call.requestId,
    model: 'public',
    provider: 'fake',
    attempts: 1,
    costNanos: 180_000,
    priceVersion: 1,
    remaining: {},
  });
  const [asked] = place.upstream.calls('private');
  expect(asked).toMatchObject({ authorization: 'Bearer sk-first', body: { model: 'private', seed: 7 } });
  await expect(place.recordOf(call.requestId)).resolves.toMatchObject({
    apiKeyId: caller.keyId,
    inputTokens: 100,
    outputTokens: 20,
    costNanos: 180_000,
    success: true,
    estimated: false,
    attempts: [{ model: 'public', provider: 'fake', outcome: 'answered' }],
  });
});

test('cached tokens are priced once, at the cache price', async () => {
  const caller = await place.newCaller();
  await place.model('cached');
  place.upstream.script('cached', completion('Hi', tokens(100, 1, 60)));
  const { operation, call } = asking('cached');
  const { receipt } = await place.llm.call(caller, operation, call);
  expect(receipt.costNanos).toBe(40 * 1_000 + 60 * 100 + 4_000);
  await expect(place.recordOf(call.requestId)).resolves.toMatchObject({ inputTokens: 100, cacheReadTokens: 60 });
});

test('a provider that does not tell is counted, and the record says so', async () => {
  const caller = await place.newCaller();
  await place.model('silent');
  place.upstream.script('silent', completion('one two three', null));
  const { operation, call } = asking('silent');
  await place.llm.call(caller, operation, call);
  await expect(place.recordOf(call.requestId)).resolves.toMatchObject({
    inputTokens: 10,
    outputTokens: 3,
    estimated: true,
    success: true,
  });
});

test('a closed port is passed over before the first byte, for answers and for streams', async () => {
  const caller = await place.newCaller();
  await place.model('dead', { providerId: 'closed' });
  await place.model('living');
  await place.group('fallback', ['dead', 'living']);
  place.upstream.script('living', completion('Here.'), streamOf(['He', 're.']));

  const whole = asking('fallback');
  const result = await place.llm.call(caller, whole.operation, whole.call);
  expect(result.receipt).toMatchObject({ model: 'living', attempts: 2 });
  await expect(place.recordOf(whole.call.requestId)).resolves.toMatchObject({
    attempts: [
      { model: 'dead', provider: 'closed', outcome: 'unreachable' },
      { model: 'living', outcome: 'answered' },
    ],
  });

  const streamed = asking('fallback', { stream: true });
  const stream = await place.llm.call(caller, streamed.operation, streamed.call);
  expect(stream.receipt).toMatchObject({ model: 'living', attempts: 2, costNanos: null });
  expect(await collect(chunksOf(stream))).toHaveLength(4);
});

test('when all models fail the error tells every attempt, and nothing is charged but all is on record', async () => {
  const caller = await place.newCaller();
  await place.model('ill');
  await place.model('away', { providerId: 'closed' });
  await place.group('hopeless', ['ill', 'away']);
  place.upstream.script('ill', refusal(500));
  const { operation, call } = asking('hopeless');
  const error = await failureOf(place.llm.call(caller, operation, call));
  expect([error.code, error.status]).toEqual(['upstream_failed', 502]);
  expect(error.details?.['attempts']).toMatchObject([
    { model: 'ill', outcome: 'status', status: 500 },
    { model: 'away', outcome: 'unreachable' },
  ]);
  await expect(place.recordOf(call.requestId)).resolves.toMatchObject({
    costNanos: 0,
    inputTokens: 0,
    success: false,
    errorCode: 'upstream_failed',
  });
});

test("an upstream's refusal of the request comes back in its own words", async () => {
  const caller = await place.newCaller();
  await place.model('strict');
  place.upstream.script('strict', refusal(422, 'temperature is not for this model'));
  const { operation, call } = asking('strict');
  const error = await failureOf(place.llm.call(caller, operation, call));
  expect(error).toMatchObject({
    code: 'upstream_rejected',
    message: 'temperature is not for this model',
    details: { status: 422 },
  });
});

test('a refused credential is replaced by the next one of the provider', async () => {
  const caller = await place.newCaller();
  await place.model('locked');
  place.upstream.script('locked', refusal(401), completion('In.'));
  const { operation, call } = asking('locked');
  await expect(place.llm.call(caller, operation, call)).resolves.toMatchObject({ receipt: { attempts: 2 } });
  expect(place.upstream.calls('locked').map(({ authorization }) => authorization)).toEqual([
    'Bearer sk-first',
    'Bearer sk-second',
  ]);
});

test('a busy model is asked again after the time it named', async () => {
  const caller = await place.newCaller();
  await place.model('busy');
  await place.group('waiting', ['busy'], { retryCount: 1 });
  place.upstream.script('busy', refusal(429, 'slow down', { 'retry-after-ms': '1' }), completion('Now.'));
  const { operation, call } = asking('waiting');
  await expect(place.llm.call(caller, operation, call)).resolves.toMatchObject({ receipt: { attempts: 2 } });
});

test('a model that says nothing in time is a timeout', async () => {
  const caller = await place.newCaller();
  await place.model('hanging');
  await place.group('brief', ['hanging'], { timeoutMs: 20 });
  const never = new Gate();
  place.upstream.script('hanging', { before: never });
  const { operation, call } = asking('brief');
  await expect(failureOf(place.llm.call(caller, operation, call))).resolves.toMatchObject({ code: 'upstream_timeout' });
  never.open();
});

test('200 with an error, or with something else than a completion, is not an answer', async () => {
  const caller = await place.newCaller();
  for (const [name, body] of [
    ['odd', { error: { message: 'overloaded' } }],
    ['html', '<html></html>'],
  ] as const) {
    await place.model(name);
    place.upstream.script(name, { body });
    const { operation, call } = asking(name);
    await expect(failureOf(place.llm.call(caller, operation, call))).resolves.toMatchObject({
      code: 'upstream_failed',
    });
  }
});

test('a call over the limit never reaches a model', async () => {
  const caller = await place.newCaller({ user: { costNanosPerDay: 100 } });
  await place.model('dear');
  const { operation, call } = asking('dear');
  await expect(failureOf(place.llm.call(caller, operation, call))).resolves.toMatchObject({ code: 'limit_exceeded' });
  expect(place.upstream.calls('dear')).toHaveLength(0);
});

test('20 concurrent calls never spend more than the budget, and what they did not use is free again', async () => {
  await place.model('metered');
  place.upstream.script('metered', completion('x', tokens(10, 90)));
  const caller = await place.newCaller({ user: { tokensPerDay: 500 } });
  const calls = Array.from({ length: 20 }, () => {
    const { operation, call } = asking('metered', { max_tokens: 90 });
    return place.llm.call(caller, operation, call);
  });
  const answered = (await Promise.allSettled(calls)).filter(({ status }) => status === 'fulfilled');
  expect(answered).toHaveLength(5);
  await expect(place.usage.quota(caller)).resolves.toMatchObject({ daily: { used: 500, remaining: 0 } });
});

test('while Redis is away nothing is asked of any model', async () => {
  await place.model('guarded');
  const caller = await place.newCaller();
  const cut = await place.another();
  const llm = await place.anotherLlm({ usage: cut.usage });
  cut.redis.disconnect();
  const { operation, call } = asking('guarded');
  await expect(failureOf(llm.call(caller, operation, call))).resolves.toMatchObject({ code: 'limits_unavailable' });
  expect(place.upstream.calls('guarded')).toHaveLength(0);
});
