import { expect, test } from '@jest/globals';
import type { JsonObject } from '../format.ts';
import { messagesToChatAnswer } from './answer.ts';

const message = (...content: JsonObject[]): JsonObject => ({
  id: 'msg_abc',
  type: 'message',
  role: 'assistant',
  model: 'claude',
  content,
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 3, output_tokens: 9 },
});
const translated = (body: JsonObject): JsonObject =>
  messagesToChatAnswer(body, { model: 'public', created: 1_700_000_000 });
const messageOf = (...content: JsonObject[]) => {
  const { choices } = translated(message(...content));
  return Array.isArray(choices) ? choices[0].message : null;
};
const usageOf = (usage: unknown) => translated({ ...message(), usage })['usage'];

test('a text is a completion under the public name', () => {
  expect(translated(message({ type: 'text', text: 'Grüß' }, { type: 'text', text: ' dich' }))).toEqual({
    id: 'chatcmpl-abc',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: 'public',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: 'Grüß dich', refusal: null },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage: {
      prompt_tokens: 3,
      completion_tokens: 9,
      total_tokens: 12,
      prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
    },
  });
});

test('calls without a word have no content, and their input is a text of JSON', () => {
  const calls = [
    { type: 'tool_use', id: 'toolu_1', name: 'look', input: { q: 'ü' } },
    { type: 'tool_use', id: 'toolu_2', name: 'wait', input: {} },
  ];
  expect(messageOf(...calls)).toEqual({
    role: 'assistant',
    content: null,
    refusal: null,
    tool_calls: [
      { id: 'toolu_1', type: 'function', function: { name: 'look', arguments: '{"q":"ü"}' } },
      { id: 'toolu_2', type: 'function', function: { name: 'wait', arguments: '{}' } },
    ],
  });
});

test('thinking is readable as reasoning, and whole with its signatures for the client to send back', () => {
  const signed = { type: 'thinking', thinking: 'Let me see.', signature: 'sig' };
  const redacted = { type: 'redacted_thinking', data: 'abc' };
  const unsigned = { type: 'thinking', thinking: ' Yes.' };
  expect(messageOf(signed, redacted, unsigned, { type: 'text', text: 'So' })).toEqual({
    role: 'assistant',
    content: 'So',
    refusal: null,
    reasoning_content: 'Let me see. Yes.',
    thinking_blocks: [signed, redacted],
  });
});

test('an answer of nothing is an empty text', () => {
  expect(messageOf()).toEqual({ role: 'assistant', content: '', refusal: null });
});

test('tokens of the cache are part of the prompt, as OpenAI counts them', () => {
  const usage = {
    input_tokens: 3,
    cache_read_input_tokens: 100,
    cache_creation_input_tokens: 20,
    cache_creation: { ephemeral_5m_input_tokens: 5, ephemeral_1h_input_tokens: 15 },
    output_tokens: 9,
    output_tokens_details: { thinking_tokens: 4 },
  };
  expect(usageOf(usage)).toEqual({
    prompt_tokens: 123,
    completion_tokens: 9,
    total_tokens: 132,
    prompt_tokens_details: { cached_tokens: 100, cache_write_tokens: 20 },
    completion_tokens_details: { reasoning_tokens: 4 },
  });
});

test('a provider that told no usage told of nothing', () => {
  expect(usageOf(undefined)).toMatchObject({ prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 });
});

test.each([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['pause_turn', 'stop'],
  ['tool_use', 'tool_calls'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['refusal', 'content_filter'],
  [null, 'stop'],
])('%s is finish reason %s', (stop_reason, finish_reason) => {
  expect(translated({ ...message(), stop_reason })).toMatchObject({ choices: [{ finish_reason }] });
});
