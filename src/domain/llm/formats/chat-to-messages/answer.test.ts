import { expect, test } from '@jest/globals';
import type { JsonObject } from '../format.ts';
import { chatToMessagesAnswer } from './answer.ts';

const completion = (message: JsonObject, finish_reason: unknown = 'stop', rest: JsonObject = {}): JsonObject => ({
  id: 'chatcmpl-abc',
  object: 'chat.completion',
  model: 'upstream',
  choices: [{ index: 0, message: { role: 'assistant', content: null, ...message }, finish_reason }],
  usage: { prompt_tokens: 10, completion_tokens: 4 },
  ...rest,
});
const translated = (message: JsonObject, finish?: unknown, rest?: JsonObject) =>
  chatToMessagesAnswer(completion(message, finish, rest), { model: 'public' });
const call = (id: string, args: unknown) => ({ id, type: 'function', function: { name: 'f', arguments: args } });
const toolUse = (id: string, input: unknown) => ({ type: 'tool_use', id, name: 'f', input });

test('a text is a whole message under the public name', () => {
  expect(translated({ content: 'Hello ü' })).toEqual({
    id: 'msg_abc',
    type: 'message',
    role: 'assistant',
    model: 'public',
    content: [{ type: 'text', text: 'Hello ü' }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    stop_details: null,
    usage: { input_tokens: 10, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 4 },
  });
});

test('thinking comes first, unsigned when its model signs nothing', () => {
  const unsigned = { type: 'thinking', thinking: 'hm', signature: '' };
  const text = { type: 'text', text: 'So.' };
  expect(translated({ reasoning_content: 'hm', content: 'So.' })['content']).toEqual([unsigned, text]);
  expect(translated({ reasoning: 'hm', content: 'So.' })['content']).toEqual([unsigned, text]);
});

test('thinking blocks keep their signatures and are not said twice', () => {
  const thinking_blocks = [
    { type: 'thinking', thinking: 'hm', signature: 'sig' },
    { type: 'redacted_thinking', data: 'xyz' },
  ];
  expect(translated({ reasoning_content: 'hm', thinking_blocks })['content']).toEqual(thinking_blocks);
});

test.each<[string, unknown, unknown]>([
  ['an object', '{"city":"Köln"}', { city: 'Köln' }],
  ['an object that is no text', { city: 'Köln' }, { city: 'Köln' }],
  ['nothing', '', {}],
  ['null', 'null', {}],
  ['a text that was cut', '{"city":"K', { _raw: '{"city":"K' }],
  ['a list', '[1]', { _raw: '[1]' }],
])('arguments that are %s', (...[, given, input]) => {
  expect(translated({ tool_calls: [call('c1', given)] }, 'tool_calls')['content']).toEqual([toolUse('c1', input)]);
});

test('parallel calls keep their order; one without an id gets one', () => {
  expect(translated({ content: 'Both.', tool_calls: [call('c1', '{}'), call('', '{}')] })['content']).toEqual([
    { type: 'text', text: 'Both.' },
    toolUse('c1', {}),
    toolUse('toolu_abc_1', {}),
  ]);
});

const calls = { tool_calls: [call('c1', '{}')] };
test.each<[unknown, JsonObject, string]>([
  ['stop', { content: 'a' }, 'end_turn'],
  ['length', { content: 'a' }, 'max_tokens'],
  ['length', calls, 'max_tokens'],
  ['tool_calls', calls, 'tool_use'],
  ['function_call', calls, 'tool_use'],
  ['stop', calls, 'tool_use'],
  ['tool_calls', { content: 'a' }, 'end_turn'],
  ['content_filter', { content: 'a' }, 'refusal'],
  [null, { content: 'a' }, 'end_turn'],
])('what ended with %s %j stopped for %s', (finish, message, reason) => {
  expect(translated(message, finish)['stop_reason']).toBe(reason);
});

test('a refusal is a text, and told as one', () => {
  expect(translated({ refusal: 'I will not.' })).toMatchObject({
    content: [{ type: 'text', text: 'I will not.' }],
    stop_reason: 'refusal',
    stop_details: { type: 'refusal', category: null, explanation: 'I will not.' },
  });
});

test('tokens of the cache are counted apart from the input, and thinking within the output', () => {
  const usage = {
    prompt_tokens: 1_000,
    completion_tokens: 50,
    prompt_tokens_details: { cached_tokens: 600, cache_write_tokens: 300 },
    completion_tokens_details: { reasoning_tokens: 20 },
  };
  expect(translated({ content: 'a' }, 'stop', { usage })['usage']).toEqual({
    input_tokens: 100,
    cache_creation_input_tokens: 300,
    cache_read_input_tokens: 600,
    output_tokens: 50,
    output_tokens_details: { thinking_tokens: 20 },
  });
});

test('an empty answer without usage is a message all the same', () => {
  const message = translated({}, 'stop', { id: undefined, usage: null });
  expect(message).toMatchObject({ content: [], usage: { input_tokens: 0, output_tokens: 0 } });
  expect(message['id']).toMatch(/^msg_[\w-]{36}$/);
});

test('text in parts is one text', () => {
  const content = [
    { type: 'text', text: 'a' },
    { type: 'text', text: 'b' },
  ];
  expect(translated({ content })['content']).toEqual([{ type: 'text', text: 'ab' }]);
});
