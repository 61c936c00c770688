import { expect, test } from '@jest/globals';
import { chatRequest } from '../chat/request.ts';
import type { JsonObject } from '../format.ts';
import { chatToMessagesRequest } from './request.ts';

const BUDGETED = 'claude-sonnet-4-5-20250929';
const ADAPTIVE = 'claude-opus-4-7';

const hello = [{ role: 'user', content: 'Hello' }];
const tools = [{ type: 'function', function: { name: 'f' } }];

const asked = (fields: JsonObject, model = BUDGETED) =>
  chatToMessagesRequest(chatRequest.parse({ model: 'public', messages: hello, ...fields }), {
    model,
    maxOutputTokens: 64_000,
  });

test.each<[string, number, number]>([
  ['minimal', 64_000, 1_024],
  ['low', 64_000, 2_048],
  ['medium', 64_000, 8_192],
  ['high', 64_000, 16_384],
  ['xhigh', 64_000, 32_768],
  ['max', 64_000, 48_000],
  ['high', 4_000, 3_000],
  ['high', 1_025, 1_024],
])('an effort of %s within %i tokens is a budget of %i', (reasoning_effort, max_tokens, budget_tokens) => {
  const body = asked({ reasoning_effort, max_tokens });
  expect(body).toMatchObject({ max_tokens, thinking: { type: 'enabled', budget_tokens } });
  expect(body['output_config']).toBeUndefined();
});

test.each<[string, string, string]>([
  ['minimal', ADAPTIVE, 'low'],
  ['high', 'claude-fable-5', 'high'],
  ['xhigh', ADAPTIVE, 'xhigh'],
  ['xhigh', 'anthropic.claude-sonnet-4-6-v1', 'max'],
  ['max', 'claude-haiku-5-5', 'max'],
])('an effort of %s is the effort of %s', (reasoning_effort, model, effort) => {
  expect(asked({ reasoning_effort, max_tokens: 100 }, model)).toMatchObject({
    thinking: { type: 'adaptive', display: 'summarized' },
    output_config: { effort },
  });
});

test.each(['claude-opus-4-20250514', 'claude-sonnet-4@20250514', 'claude-3-7-sonnet-latest', 'kimi-k2'])(
  '%s thinks by a budget',
  (model) => {
    expect(asked({ reasoning_effort: 'low' }, model)['thinking']).toEqual({ type: 'enabled', budget_tokens: 2_048 });
  },
);

test('no effort turns thinking off, and nothing said leaves it to the model', () => {
  expect(asked({ reasoning_effort: 'none', temperature: 0 })['thinking']).toEqual({ type: 'disabled' });
  expect(asked({ reasoning_effort: null })['thinking']).toBeUndefined();
});

test("Anthropic's own field wins over the effort", () => {
  const thinking = { type: 'enabled', budget_tokens: 5_000 };
  expect(asked({ thinking, reasoning_effort: 'low' })['thinking']).toEqual(thinking);
});

test.each<[JsonObject, string]>([
  [{ reasoning_effort: 'low', max_tokens: 1_024 }, 'reasoning_effort'],
  [{ reasoning_effort: 'extreme' }, 'reasoning_effort'],
  [{ reasoning_effort: 'low', temperature: 0.5 }, 'temperature'],
  [{ reasoning_effort: 'low', top_p: 0.5 }, 'top_p'],
  [{ reasoning_effort: 'low', top_k: 5 }, 'top_k'],
  [{ reasoning_effort: 'low', tools, tool_choice: 'required' }, 'tool_choice'],
  [{ thinking: { type: 'adaptive' }, temperature: 0 }, 'temperature'],
])('%j is refused: Anthropic does not take it beside thinking', (fields, path) => {
  expect(() => asked(fields)).toThrow(new RegExp(`^${path}: `));
});

test('what Anthropic does take beside thinking is taken', () => {
  const fields = { reasoning_effort: 'low', temperature: 1, top_p: 0.95, tools, tool_choice: 'auto' };
  expect(asked(fields)).toMatchObject({ temperature: 1, top_p: 0.95, tool_choice: { type: 'auto' } });
});

const call = (id: string) => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } });
const calling = (id: string, thinking_blocks: unknown[] = []) => ({
  role: 'assistant',
  tool_calls: [call(id)],
  thinking_blocks,
});
const result = (id: string) => ({ role: 'tool', tool_call_id: id, content: 'done' });
const signed = [{ type: 'thinking', thinking: 'hm', signature: 'sig' }];

test.each<[string, unknown[], boolean]>([
  ['began with signed thinking', [...hello, calling('c1', signed), result('c1')], true],
  ['began so some calls ago', [...hello, calling('c1', signed), result('c1'), calling('c2'), result('c2')], true],
  ['began without it', [...hello, calling('c1'), result('c1')], false],
  ['began without it some calls ago', [...hello, calling('c1'), result('c1'), calling('c2'), result('c2')], false],
  ['is over', [...hello, calling('c1'), result('c1'), { role: 'assistant', content: 'So.' }, ...hello], true],
])('a loop of calls that %s goes on', (...[, messages, thinks]) => {
  const body = asked({ messages, tools, reasoning_effort: 'low' });
  expect(body['thinking'] !== undefined).toBe(thinks);
  expect(asked({ messages, tools, reasoning_effort: 'low' }, ADAPTIVE)['thinking']).toBeDefined();
});
