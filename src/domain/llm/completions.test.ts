import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Completion } from '../../entities/completion.ts';
import { UsageRecord } from '../../entities/usage-record.ts';
import { completion, Gate, message, refusal, tokens } from '../../../test/fake-upstream.ts';
import { failureOf, llmPlace } from '../../../test/llm-place.ts';
import type { LlmPlace } from '../../../test/llm-place.ts';
import { spent } from '../../../test/usage-place.ts';
import { holdSchema } from '../usage/usage.ts';
import { next, start } from './chain.policy.ts';
import type { AttemptOutcome, Choice, NextStep } from './chain.policy.ts';

let place: LlmPlace;
beforeAll(async () => {
  place = await llmPlace();
});
afterAll(() => place.close());

const signal = new AbortController().signal;
const asked = (model: string, userId: string, purpose: string) => ({
  userId,
  purpose,
  request: { model, messages: [{ role: 'user', content: 'Write it.' }], max_tokens: 100 },
});
const rowOf = (id: string) => place.database.em.fork().findOneOrFail(Completion, { id });

async function created(model: string, purpose = model): Promise<string> {
  const { userId } = await place.newCaller();
  return place.llm.completions.create(asked(model, userId, purpose));
}
const attempt = (completionId: string, candidate: Choice, by: AbortSignal = signal) =>
  place.llm.completions.attempt({ completionId, candidate, random: 0 }, by);

/** What the workflow does, with its state through JSON at every step. */
async function run(completionId: string): Promise<AttemptOutcome> {
  const { chain } = await place.llm.completions.plan(completionId);
  let step: NextStep = start(chain);
  while (step.do !== 'stop') step = next(copy(step.chain), copy(await attempt(completionId, copy(step.candidate))));
  await place.llm.completions.finish({ completionId, outcome: step.outcome });
  return step.outcome;
}
const copy = <T>(value: T): T => structuredClone(value);

test('a run falls back, keeps its answer and is charged once, however often each step is repeated', async () => {
  await place.model('first', { providerId: 'closed' });
  await place.model('second');
  await place.group('durable', ['first', 'second']);
  place.upstream.script('second', completion('The text.', tokens(50, 10)));
  const id = await created('durable');

  await place.llm.completions.plan(id);
  await expect(run(id)).resolves.toEqual({ kind: 'answered' });
  const { chain } = await place.llm.completions.plan(id);
  const [candidate] = chain.candidates;
  if (candidate) await expect(attempt(id, { ...candidate, credential: 0 })).resolves.toEqual({ kind: 'answered' });
  await place.llm.completions.finish({ completionId: id, outcome: { kind: 'answered' } });

  expect(place.upstream.calls('second')).toHaveLength(1);
  await expect(place.llm.completions.answerOf(id)).resolves.toBe('The text.');
  await expect(rowOf(id)).resolves.toMatchObject({
    status: 'answered',
    modelName: 'second',
    answer: { model: 'second' },
  });
  await expect(place.recordOf(id)).resolves.toMatchObject({
    inputTokens: 50,
    costNanos: 90_000,
    apiKeyId: null,
    attempts: [
      { model: 'first', outcome: 'unreachable' },
      { model: 'second', outcome: 'answered' },
    ],
  });
});

test('the same purpose is one completion, also for two that come at once', async () => {
  const { userId } = await place.newCaller();
  const wanted = asked('second', userId, 'art_1:outline');
  const ids = await Promise.all([place.llm.completions.create(wanted), place.llm.completions.create(wanted)]);
  expect(new Set(ids).size).toBe(1);
});

test('one that is created in a transaction goes with it', async () => {
  const { userId } = await place.newCaller();
  const wanted = asked('second', userId, 'rolled-back');
  const transaction = place.database.em.fork().transactional(async (em) => {
    await place.llm.completions.create(wanted, em);
    throw new Error('rolled back');
  });
  await expect(transaction).rejects.toThrow('rolled back');
  await expect(place.database.em.fork().count(Completion, { purpose: 'rolled-back' })).resolves.toBe(0);
});

test('no prompt and no words of the upstream stand in what a workflow carries', async () => {
  await place.model('chatty');
  place.upstream.script('chatty', refusal(400, 'I do not like Write it.'));
  const id = await created('chatty');
  const { chain } = await place.llm.completions.plan(id);
  const [candidate] = chain.candidates;
  const outcome = candidate && (await attempt(id, { ...candidate, credential: 0 }));
  expect(JSON.stringify([chain, outcome])).not.toContain('Write it');
});

test('a failed run is on record without a charge, frees its hold, and says why', async () => {
  await place.model('refusing');
  place.upstream.script('refusing', refusal(400, 'not like this'));
  const id = await created('refusing');
  await run(id);
  await expect(rowOf(id)).resolves.toMatchObject({
    status: 'failed',
    errorCode: 'upstream_rejected',
    errorMessage: 'not like this',
  });
  await expect(place.recordOf(id)).resolves.toMatchObject({
    success: false,
    costNanos: 0,
    errorCode: 'upstream_rejected',
  });
  await expect(failureOf(place.llm.completions.answerOf(id))).resolves.toMatchObject({ message: 'not like this' });
});

test.each([
  ['upstream_rejected', refusal(400, 'not like this'), { status: 400 }],
  ['upstream_busy', refusal(429, 'later', { 'retry-after': '7' }), { retry_after_seconds: 7 }],
  ['upstream_failed', refusal(500, 'broken'), {}],
  ['upstream_timeout', { before: new Gate() }, {}],
])('a run that ended without an answer says what a call would have said: %s', async (code, reply, details) => {
  const model = `ending-${code}`;
  const provider = { displayName: model, enabled: true, baseUrl: place.upstream.url, credentials: ['sk-x'] };
  await place.llm.catalog.upsertProvider({ id: model, ...provider, timeoutMs: 200 });
  await place.model(model, { providerId: model });
  place.upstream.script(model, reply);
  const id = await created(model);
  await expect(place.llm.completions.result(id)).resolves.toBeNull();
  await run(id);
  const attempts = [expect.objectContaining({ model, provider: model })];
  await expect(failureOf(place.llm.completions.result(id))).resolves.toMatchObject({
    code,
    details: { ...details, attempts: expect.arrayContaining(attempts) },
  });
});

test('a cancelled run stops the upstream and is settled once', async () => {
  await place.model('slow-run');
  const never = new Gate();
  place.upstream.script('slow-run', { before: never });
  const id = await created('slow-run');
  const { chain } = await place.llm.completions.plan(id);
  const [candidate] = chain.candidates;
  const cancellation = new AbortController();
  const running = candidate && attempt(id, { ...candidate, credential: 0 }, cancellation.signal);
  const call = await place.upstream.called('slow-run');
  cancellation.abort();
  await expect(running).resolves.toEqual({ kind: 'cancelled' });
  await call.closed;
  never.open();
  await place.llm.completions.finish({ completionId: id, outcome: { kind: 'cancelled' } });
  await place.llm.completions.finish({ completionId: id, outcome: { kind: 'cancelled' } });
  await expect(rowOf(id)).resolves.toMatchObject({ status: 'cancelled', errorCode: 'cancelled' });
  await place.usage.ledger.drain();
  await expect(place.database.em.fork().count(UsageRecord, { requestId: id })).resolves.toBe(1);
});

test('a run that is cancelled before its attempt has reported is charged for what went in, and flagged', async () => {
  await place.model('slow-charge');
  const never = new Gate();
  place.upstream.script('slow-charge', { before: never });
  const id = await created('slow-charge');
  const { chain } = await place.llm.completions.plan(id);
  const [candidate] = chain.candidates;
  const cancellation = new AbortController();
  const running = candidate && attempt(id, { ...candidate, credential: 0 }, cancellation.signal);
  await place.upstream.called('slow-charge');
  await place.llm.completions.finish({ completionId: id, outcome: { kind: 'cancelled' } });
  cancellation.abort();
  await running;
  never.open();
  const record = await place.recordOf(id);
  expect(record).toMatchObject({ success: false, estimated: true, errorCode: 'cancelled', modelName: 'slow-charge' });
  expect(record.inputTokens).toBeGreaterThan(0);
  expect(record.costNanos).toBe(record.inputTokens * 1_000);
});

test("durable work is held to the limits of the user's tier", async () => {
  await place.model('huge', { contextTokens: 2_000_000 });
  const { userId } = await place.newCaller();
  const wanted = asked('huge', userId, 'too-much');
  const id = await place.llm.completions.create({ ...wanted, request: { ...wanted.request, max_tokens: 50_000 } });
  await expect(failureOf(place.llm.completions.plan(id))).resolves.toMatchObject({
    code: 'limit_exceeded',
    details: { limit: 'tokens_per_minute', limit_value: 40_000, never_fits: true },
  });
});

test('a run that has ended without an answer is not run again', async () => {
  await place.model('ended');
  place.upstream.script('ended', refusal(400, 'not like this'));
  const id = await created('ended');
  await run(id);
  await expect(failureOf(place.llm.completions.plan(id))).resolves.toMatchObject({ code: 'conflict' });
  expect(place.upstream.calls('ended')).toHaveLength(1);
});

test('a run that was charged as lost while nobody worked on it asks nobody for free', async () => {
  await place.model('lost');
  const id = await created('lost');
  await place.llm.completions.plan(id);
  const { hold } = await rowOf(id);
  await place.usage.settle(holdSchema.parse(hold), spent());
  await expect(failureOf(place.llm.completions.plan(id))).resolves.toMatchObject({ code: 'conflict' });
});

test('the headers by which an Anthropic client names what it speaks reach the provider', async () => {
  await place.model('dated', { providerId: 'anthropic-fake' });
  place.upstream.script('dated', message('Hello.'));
  const { userId } = await place.newCaller();
  const headers = { 'anthropic-beta': 'context-1m-2025-08-07', 'anthropic-version': '2023-01-01' };
  const wanted = { ...asked('dated', userId, 'dated'), operation: 'messages' as const, headers };
  await run(await place.llm.completions.create(wanted));
  expect(place.upstream.calls('dated')[0]?.headers).toMatchObject(headers);
});

test('what is no chat completion is refused when it is written down', async () => {
  const { userId } = await place.newCaller();
  const wrong = { userId, purpose: 'wrong', request: { model: 'second', messages: [] } };
  await expect(failureOf(place.llm.completions.create(wrong))).resolves.toMatchObject({ code: 'invalid_request' });
});
