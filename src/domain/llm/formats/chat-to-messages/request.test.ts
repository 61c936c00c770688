import { expect, test } from '@jest/globals';
import { AppError } from '../../../../errors.ts';
import { chatRequest } from '../chat/request.ts';
import type { JsonObject } from '../format.ts';
import { chatToMessagesRequest } from './request.ts';

const hello = [{ role: 'user', content: 'Hello' }];
const weather = { name: 'weather', description: 'Tells it.', parameters: { properties: { city: { type: 'string' } } } };
const tools = [{ type: 'function', function: weather }];

const translated = (fields: JsonObject, model = 'claude-sonnet-4-5') =>
  chatToMessagesRequest(chatRequest.parse({ model: 'public', messages: hello, ...fields }), {
    model,
    maxOutputTokens: 64_000,
  });

function refusedPath(fields: JsonObject): unknown {
  try {
    translated(fields);
    return null;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'invalid_request') throw error;
    return error.message.slice(0, error.message.indexOf(':'));
  }
}

test('the least request has the name of the upstream and the limit that Anthropic requires', () => {
  expect(translated({})).toEqual({
    model: 'claude-sonnet-4-5',
    max_tokens: 64_000,
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
  });
});

test.each<[string, JsonObject, JsonObject]>([
  ['max_tokens', { max_tokens: 5 }, { max_tokens: 5 }],
  ['a limit under both of its names', { max_tokens: 7, max_completion_tokens: 7 }, { max_tokens: 7 }],
  ['one stop sequence', { stop: 'END' }, { stop_sequences: ['END'] }],
  ['several stop sequences', { stop: ['a', 'b'] }, { stop_sequences: ['a', 'b'] }],
  ['sampling', { temperature: 0.3, top_p: 0.9, top_k: 5 }, { temperature: 0.3, top_p: 0.9, top_k: 5 }],
  ['a temperature of 0', { temperature: 0 }, { temperature: 0 }],
  ['the stream', { stream: true, stream_options: { include_usage: true } }, { stream: true }],
  ['the user', { user: 'u1' }, { metadata: { user_id: 'u1' } }],
  ['the safety identifier', { safety_identifier: 's1', user: 'u1' }, { metadata: { user_id: 's1' } }],
  ['the user in metadata', { metadata: { user_id: 'm1', run: '7' }, user: 'u1' }, { metadata: { user_id: 'm1' } }],
  ['the default tier', { service_tier: 'default' }, { service_tier: 'standard_only' }],
  ['the automatic tier', { service_tier: 'auto' }, { service_tier: 'auto' }],
  ['a cache mark', { cache_control: { type: 'ephemeral' } }, { cache_control: { type: 'ephemeral' } }],
])('%s is said in the other format', (...[, fields, said]) => {
  expect(translated(fields)).toEqual({ ...translated({}), ...said });
});

test('hints, defaults and nulls ask for nothing', () => {
  const hints = {
    store: true,
    metadata: { run: '7' },
    prompt_cache_key: 'k',
    seed: 7,
    prediction: { type: 'content' },
  };
  const defaults = { n: 1, logprobs: false, logit_bias: {}, frequency_penalty: 0, presence_penalty: 0 };
  const spoken = { modalities: ['text'], audio: null, verbosity: 'medium', response_format: { type: 'text' } };
  const without = { stop: [], temperature: null, tools: [], tool_choice: 'auto', parallel_tool_calls: false };
  expect(translated({ ...hints, ...defaults, ...spoken, ...without })).toEqual(translated({}));
});

test.each<[JsonObject, string]>([
  [{ temperature: 1.2 }, 'temperature'],
  [{ logprobs: true }, 'logprobs'],
  [{ top_logprobs: 3 }, 'top_logprobs'],
  [{ logit_bias: { 50: 1 } }, 'logit_bias'],
  [{ frequency_penalty: 0.5 }, 'frequency_penalty'],
  [{ presence_penalty: -1 }, 'presence_penalty'],
  [{ modalities: ['text', 'audio'] }, 'modalities'],
  [{ audio: { voice: 'alloy', format: 'mp3' } }, 'audio'],
  [{ verbosity: 'low' }, 'verbosity'],
  [{ web_search_options: {} }, 'web_search_options'],
  [{ functions: [weather] }, 'functions'],
  [{ constructor: 1 }, 'constructor'],
  [{ enable_thinking: true }, 'enable_thinking'],
  [{ service_tier: 'flex' }, 'service_tier'],
  [{ stop: ['END', '\n'] }, 'stop'],
  [{ tools: [{ type: 'custom', custom: { name: 'c' } }] }, 'tools.0.type'],
  [{ tools: [...tools, { type: 'function' }] }, 'tools.1.function.name'],
  [{ tool_choice: 'required' }, 'tool_choice'],
  [{ tools, tool_choice: { type: 'allowed_tools' } }, 'tool_choice'],
  [{ response_format: { type: 'grammar' } }, 'response_format.type'],
  [{ response_format: { type: 'json_schema' } }, 'response_format.json_schema.schema'],
])('%j is refused by its name', (fields, path) => {
  expect(refusedPath(fields)).toBe(path);
});

test('functions become tools with a schema of an object', () => {
  const marked = { type: 'function', cache_control: { type: 'ephemeral' }, function: { name: 'now', strict: true } };
  expect(translated({ tools: [...tools, marked] })['tools']).toEqual([
    {
      name: 'weather',
      description: 'Tells it.',
      input_schema: { type: 'object', properties: { city: { type: 'string' } } },
    },
    {
      name: 'now',
      input_schema: { type: 'object', properties: {} },
      strict: true,
      cache_control: { type: 'ephemeral' },
    },
  ]);
});

test.each<[JsonObject, unknown]>([
  [{}, undefined],
  [{ tool_choice: 'auto' }, { type: 'auto' }],
  [{ tool_choice: 'none', parallel_tool_calls: false }, { type: 'none' }],
  [{ tool_choice: 'required' }, { type: 'any' }],
  [{ tool_choice: { type: 'function', function: { name: 'weather' } } }, { type: 'tool', name: 'weather' }],
  [{ parallel_tool_calls: true }, undefined],
  [{ parallel_tool_calls: false }, { type: 'auto', disable_parallel_tool_use: true }],
  [
    { tool_choice: 'required', parallel_tool_calls: false },
    { type: 'any', disable_parallel_tool_use: true },
  ],
])('the choice among tools %j', (fields, choice) => {
  expect(translated({ tools, ...fields })['tool_choice']).toEqual(choice);
});

test('a schema for the answer is enforced by structured outputs', () => {
  const schema = {
    type: 'object',
    properties: { a: { type: 'number' } },
    required: ['a'],
    additionalProperties: false,
  };
  const json_schema = { name: 'answer', description: 'The sum.', strict: true, schema };
  expect(translated({ response_format: { type: 'json_schema', json_schema } })['output_config']).toEqual({
    format: { type: 'json_schema', schema: { description: 'The sum.', ...schema } },
  });
});

test('JSON of any shape is asked for after what the system says', () => {
  const messages = [{ role: 'system', content: 'Be brief.' }, ...hello];
  expect(translated({ messages, response_format: { type: 'json_object' } })['system']).toEqual([
    { type: 'text', text: 'Be brief.' },
    { type: 'text', text: expect.stringContaining('one valid JSON object') },
  ]);
});
