import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Completion } from '../../entities/completion.ts';
import { UsageRecord } from '../../entities/usage-record.ts';
import { asked, durableRuns } from '../../../test/durable-runs.ts';
import type { DurableRuns } from '../../../test/durable-runs.ts';
import { completion, Gate, message, refusal, tokens } from '../../../test/fake-upstream.ts';
import { failureOf, llmPlace } from '../../../test/llm-place.ts';
import type { LlmPlace } from '../../../test/llm-place.ts';
import type { Choice } from './chain.policy.ts';

let place: LlmPlace;
let runs: DurableRuns;
beforeAll(async () => {
  place = await llmPlace();
  runs = durableRuns(place);
});
afterAll(() => place.close());

const signal = new AbortController().signal;
const attempt = (completionId: string, candidate: Choice, by: AbortSignal = signal) =>
  place.llm.completions.attempt({ completionId, candidate, random: 0 }, by);

test('a run falls back, keeps its answer and is charged once, however often each step is repeated', async () => {
  await place.model('first', { providerId: 'closed' });
  await place.model('second');
  await place.group('durable', ['first', 'second']);
  place.upstream.script('second', completion('The text.', tokens(50, 10)));
  const id = await runs.created('durable');

  await place.llm.completions.plan(id);
  await expect(runs.run(id)).resolves.toEqual({ kind: 'answered' });
  const { chain } = await place.llm.completions.plan(id);
  const [candidate] = chain.candidates;
  if (candidate) await expect(attempt(id, { ...candidate, credential: 0 })).resolves.toEqual({ kind: 'answered' });
  await place.llm.completions.finish({ completionId: id, outcome: { kind: 'answered' } });

  expect(place.upstream.calls('second')).toHaveLength(1);
  await expect(place.llm.completions.answerOf(id)).resolves.toBe('The text.');
  await expect(runs.rowOf(id)).resolves.toMatchObject({
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
  const id = await runs.created('chatty');
  const { chain } = await place.llm.completions.plan(id);
  const [candidate] = chain.candidates;
  const outcome = candidate && (await attempt(id, { ...candidate, credential: 0 }));
  expect(JSON.stringify([chain, outcome])).not.toContain('Write it');
});

test('a failed run is on record without a charge, frees its hold, and says why', async () => {
  await place.model('refusing');
  place.upstream.script('refusing', refusal(400, 'not like this'));
  const id = await runs.created('refusing');
  await runs.run(id);
  await expect(runs.rowOf(id)).resolves.toMatchObject({
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

test('a cancelled run stops the upstream and is settled once', async () => {
  await place.model('slow-run');
  const never = new Gate();
  place.upstream.script('slow-run', { before: never });
  const id = await runs.created('slow-run');
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
  await expect(runs.rowOf(id)).resolves.toMatchObject({ status: 'cancelled', errorCode: 'cancelled' });
  await place.usage.ledger.drain();
  await expect(place.database.em.fork().count(UsageRecord, { requestId: id })).resolves.toBe(1);
});

test('a run that is cancelled before its attempt has reported is charged for what went in, and flagged', async () => {
  await place.model('slow-charge');
  const never = new Gate();
  place.upstream.script('slow-charge', { before: never });
  const id = await runs.created('slow-charge');
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

test('the headers by which an Anthropic client names what it speaks reach the provider', async () => {
  await place.model('dated', { providerId: 'anthropic-fake' });
  place.upstream.script('dated', message('Hello.'));
  const { userId } = await place.newCaller();
  const headers = { 'anthropic-beta': 'context-1m-2025-08-07', 'anthropic-version': '2023-01-01' };
  const wanted = { ...asked('dated', userId, 'dated'), operation: 'messages' as const, headers };
  await runs.run(await place.llm.completions.create(wanted));
  expect(place.upstream.calls('dated')[0]?.headers).toMatchObject(headers);
});

test('what is no chat completion is refused when it is written down', async () => {
  const { userId } = await place.newCaller();
  const wrong = { userId, purpose: 'wrong', request: { model: 'second', messages: [] } };
  await expect(failureOf(place.llm.completions.create(wrong))).resolves.toMatchObject({ code: 'invalid_request' });
});
