/** What one caller, or one bad credential, must not be able to do to everybody else. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { completion, Gate, refusal, tokens } from '../../../test/fake-upstream.ts';
import { asking, failureOf, llmPlace } from '../../../test/llm-place.ts';
import type { LlmPlace } from '../../../test/llm-place.ts';
import { eventually } from '../../../test/usage-place.ts';

let place: LlmPlace;
beforeAll(async () => {
  place = await llmPlace();
});
afterAll(() => place.close());

test('a client in a hurry is told in time, opens no breaker for others, and nobody else is asked in vain', async () => {
  const llm = await place.anotherLlm({ breakerFailures: 2 });
  const caller = await place.newCaller();
  const never = new Gate();
  const slow = await place.model('slow-for-some');
  await place.model('slow-as-well');
  await place.group('slow-group', ['slow-for-some', 'slow-as-well']);
  await eventually(() => llm.catalog.list().some(({ id }) => id === 'slow-group'));
  for (const name of ['slow-for-some', 'slow-as-well']) place.upstream.script(name, { before: never });
  for (let i = 0; i < 4; i++) {
    const { operation, call } = asking('slow-group');
    const error = await failureOf(llm.call(caller, operation, { ...call, deadlineMs: 20 }));
    expect(error.code).toBe('upstream_timeout');
  }
  never.open();
  await expect(llm.breaker.state(slow)).resolves.toBe('closed');
  expect(place.upstream.calls('slow-as-well')).toHaveLength(0);
});

test('a call that its own limit refuses takes nothing of what the provider allows a minute', async () => {
  await place.model('shared', { requestsPerMinute: 2 });
  place.upstream.script('shared', completion('x', tokens(1, 1)));
  const poor = await place.newCaller({ user: { tokensPerDay: 1 } });
  for (let i = 0; i < 5; i++) {
    const { operation, call } = asking('shared');
    const error = await failureOf(place.llm.call(poor, operation, call));
    expect(error.code).toBe('limit_exceeded');
  }
  const { operation, call } = asking('shared');
  const result = await place.llm.call(await place.newCaller(), operation, call);
  expect(result.receipt.attempts).toBe(1);
});

test('one refused credential beside a good one opens no breaker', async () => {
  const llm = await place.anotherLlm({ breakerFailures: 2 });
  const id = await place.model('half-locked');
  await eventually(() => llm.catalog.deployment(id) !== undefined);
  const caller = await place.newCaller();
  for (let i = 0; i < 4; i++) {
    place.upstream.script('half-locked', refusal(401), completion('In.'));
    const { operation, call } = asking('half-locked');
    await llm.call(caller, operation, call);
  }
  await expect(llm.breaker.state(id)).resolves.toBe('closed');
});

test('a provider’s words about our account stay with us, and an empty account is passed over', async () => {
  const caller = await place.newCaller();
  await place.model('broke');
  await place.group('all-broke', ['broke']);
  place.upstream.script('broke', refusal(402, 'org-secret has insufficient balance'));
  const { operation, call } = asking('all-broke');
  const error = await failureOf(place.llm.call(caller, operation, call));
  expect(error.code).toBe('upstream_failed');
  expect(error.message).not.toContain('org-secret');
});

test('the limit reaches an upstream under the name that it heeds', async () => {
  const caller = await place.newCaller();
  await place.model('old-names');
  place.upstream.script('old-names', completion('x'));
  const { operation, call } = asking('old-names', { max_completion_tokens: 7 });
  await place.llm.call(caller, operation, call);
  const [asked] = place.upstream.calls('old-names');
  expect(asked?.body).toMatchObject({ max_tokens: 7 });
  expect(asked?.body).not.toHaveProperty('max_completion_tokens');
});
