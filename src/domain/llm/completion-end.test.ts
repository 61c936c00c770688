import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { asked, durableRuns } from '../../../test/durable-runs.ts';
import type { DurableRuns } from '../../../test/durable-runs.ts';
import { Gate, refusal } from '../../../test/fake-upstream.ts';
import { failureOf, llmPlace } from '../../../test/llm-place.ts';
import type { LlmPlace } from '../../../test/llm-place.ts';
import { spent } from '../../../test/usage-place.ts';
import { holdSchema } from '../usage/usage.ts';

let place: LlmPlace;
let runs: DurableRuns;
beforeAll(async () => {
  place = await llmPlace();
  runs = durableRuns(place);
});
afterAll(() => place.close());

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
  const id = await runs.created(model);
  await expect(place.llm.completions.result(id)).resolves.toBeNull();
  await runs.run(id);
  const attempts = [expect.objectContaining({ model, provider: model })];
  await expect(failureOf(place.llm.completions.result(id))).resolves.toMatchObject({
    code,
    details: { ...details, attempts: expect.arrayContaining(attempts) },
  });
});

test('a run that has ended without an answer is not run again', async () => {
  await place.model('ended');
  place.upstream.script('ended', refusal(400, 'not like this'));
  const id = await runs.created('ended');
  await runs.run(id);
  await expect(failureOf(place.llm.completions.plan(id))).resolves.toMatchObject({ code: 'conflict' });
  expect(place.upstream.calls('ended')).toHaveLength(1);
});

test('a run that was charged as lost while nobody worked on it asks nobody for free', async () => {
  await place.model('lost');
  const id = await runs.created('lost');
  await place.llm.completions.plan(id);
  const { hold } = await runs.rowOf(id);
  await place.usage.settle(holdSchema.parse(hold), spent());
  await expect(failureOf(place.llm.completions.plan(id))).resolves.toMatchObject({ code: 'conflict' });
});

test('a run of which a step failed for good lets go of its hold and is told as that failure', async () => {
  await place.model('stuck');
  const { userId } = await place.newCaller();
  const id = await place.llm.completions.create(asked('stuck', userId, 'stuck'));
  await place.llm.completions.plan(id);
  const details = { issues: [{ path: 'tools', message: 'cannot be said' }] };
  const outcome = { kind: 'error', code: 'invalid_request', message: 'no', details } as const;
  await place.llm.completions.finish({ completionId: id, outcome });
  await expect(runs.isHeld(userId, id)).resolves.toBe(false);
  await expect(failureOf(place.llm.completions.result(id))).resolves.toMatchObject({
    code: 'invalid_request',
    details,
  });
  await expect(place.recordOf(id)).resolves.toMatchObject({ costNanos: 0, errorCode: 'invalid_request' });
});

test('what nobody expected is told as our own failure, without its words', async () => {
  await place.model('odd');
  const id = await runs.created('odd');
  await place.llm.completions.plan(id);
  const outcome = { kind: 'error', code: 'internal', message: 'TypeError', details: null } as const;
  await place.llm.completions.finish({ completionId: id, outcome });
  const told = await failureOf(place.llm.completions.result(id));
  expect(told.code).toBe('internal');
  expect(told.message).not.toContain('TypeError');
});

test('a run that was only refused has not ended', async () => {
  await place.model('full');
  const id = await runs.created('full');
  const outcome = { kind: 'error', code: 'limit_exceeded', message: 'no', details: null } as const;
  await place.llm.completions.finish({ completionId: id, outcome });
  await expect(place.llm.completions.result(id)).resolves.toBeNull();
  await expect(runs.rowOf(id)).resolves.toMatchObject({ status: 'queued', finishedAt: null });
});

test.each(['before', 'after'] as const)(
  'no hold outlives a run that is cancelled %s its plan is written down',
  async (when) => {
    const model = `half-planned-${when}`;
    await place.model(model);
    const { userId } = await place.newCaller();
    const id = await place.llm.completions.create(asked(model, userId, model));
    const finish = () => place.llm.completions.finish({ completionId: id, outcome: { kind: 'cancelled' } });
    const reserving: LlmPlace['usage']['reserve'] = async (call) => {
      if (when === 'before') await finish();
      const reserved = await place.usage.reserve(call);
      if (when === 'after') await finish();
      return reserved;
    };
    const llm = await place.anotherLlm({ usage: { ...place.usage, reserve: reserving } });
    await expect(failureOf(llm.completions.plan(id))).resolves.toMatchObject({ code: 'conflict' });
    await expect(runs.isHeld(userId, id)).resolves.toBe(false);
    await expect(runs.rowOf(id)).resolves.toMatchObject({ status: 'cancelled' });
  },
);
