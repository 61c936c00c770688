import { expect, test } from '@jest/globals';
import type { ResponseCreateParams } from 'openai/resources/responses/responses';
import { chatRequest } from '../chat/request.ts';
import { responsesRequest } from '../responses/request.ts';
import { responsesToChatRequest } from './request.ts';

type Body = ResponseCreateParams | Record<string, unknown>;
const translate = (body: Body) => responsesToChatRequest(responsesRequest.parse({ model: 'm', input: 'hi', ...body }));
const hello = { model: 'm', messages: [{ role: 'user', content: 'hi' }] };

const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const weather = { type: 'function', name: 'weather', parameters: schema, strict: true } as const;
const chatWeather = { type: 'function', function: { name: 'weather', parameters: schema, strict: true } };

test('every setting that a chat has is said by its name there', () => {
  const body: ResponseCreateParams = {
    model: 'm',
    input: 'hi',
    instructions: 'Be brief.',
    max_output_tokens: 100,
    temperature: 0.5,
    top_p: 0.9,
    stream: true,
    reasoning: { effort: 'high', summary: 'auto' },
    text: { format: { type: 'json_schema', name: 'answer', schema, strict: true }, verbosity: 'low' },
    tools: [{ ...weather, description: 'Tells it.' }],
    tool_choice: { type: 'function', name: 'weather' },
    parallel_tool_calls: false,
    metadata: { run: '7' },
    user: 'u1',
    safety_identifier: 's1',
    service_tier: 'flex',
    prompt_cache_key: 'k1',
    store: true,
    include: ['reasoning.encrypted_content'],
  };
  const chat = translate(body);
  expect(chat).toEqual({
    model: 'm',
    messages: [{ role: 'system', content: 'Be brief.' }, ...hello.messages],
    max_completion_tokens: 100,
    temperature: 0.5,
    top_p: 0.9,
    stream: true,
    stream_options: { include_usage: true },
    reasoning_effort: 'high',
    verbosity: 'low',
    response_format: { type: 'json_schema', json_schema: { name: 'answer', schema, strict: true } },
    tools: [{ type: 'function', function: { ...chatWeather.function, description: 'Tells it.' } }],
    tool_choice: { type: 'function', function: { name: 'weather' } },
    parallel_tool_calls: false,
    metadata: { run: '7' },
    user: 'u1',
    safety_identifier: 's1',
    service_tier: 'flex',
    prompt_cache_key: 'k1',
  });
  expect(chatRequest.parse(chat)).toEqual(chat);
});

test('what is null or asks for nothing new leaves no trace in the chat', () => {
  const nothing = {
    instructions: null,
    max_output_tokens: null,
    max_tool_calls: 3,
    temperature: null,
    tools: [],
    tool_choice: 'auto',
    parallel_tool_calls: true,
    reasoning: null,
    text: { format: { type: 'text' } },
    stream: false,
    stream_options: { include_obfuscation: false },
    store: false,
    background: false,
    truncation: 'disabled',
    top_logprobs: 0,
    previous_response_id: null,
    conversation: null,
    include: ['file_search_call.results'],
    of_a_later_version: null,
  };
  expect(translate(nothing)).toEqual({ ...hello, stream: false });
});

test.each<[string, Body, unknown]>([
  ['auto', { tool_choice: 'auto' }, 'auto'],
  ['none', { tool_choice: 'none' }, 'none'],
  ['required', { tool_choice: 'required' }, 'required'],
  [
    'some of them',
    { tool_choice: { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'weather' }] } },
    {
      type: 'allowed_tools',
      allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name: 'weather' } }] },
    },
  ],
])('the choice of tools: %s', (...[, body, expected]) => {
  expect(translate({ tools: [weather], ...body })).toEqual({ ...hello, tools: [chatWeather], tool_choice: expected });
});

test('a function without a word on strictness is not made strict, for its schema may not allow it', () => {
  const { tools } = translate({ tools: [{ type: 'function', name: 'now', parameters: null, strict: null }] });
  expect(tools).toEqual([{ type: 'function', function: { name: 'now' } }]);
});

test('JSON without a schema', () => {
  expect(translate({ text: { format: { type: 'json_object' } } })).toEqual({
    ...hello,
    response_format: { type: 'json_object' },
  });
});

test.each<[string, Body]>([
  ['previous_response_id', { previous_response_id: 'resp_1' }],
  ['conversation', { conversation: 'conv_1' }],
  ['prompt', { prompt: { id: 'pmpt_1' } }],
  ['background', { background: true }],
  ['truncation', { truncation: 'auto' }],
  ['top_logprobs', { top_logprobs: 3 }],
  ['stream_options', { stream_options: { include_obfuscation: true } }],
  ['context_management', { context_management: [{ type: 'compaction' }] }],
  ['moderation', { moderation: { model: 'm' } }],
  ['include.1', { include: ['reasoning.encrypted_content', 'message.output_text.logprobs'] }],
  ['reasoning.mode', { reasoning: { mode: 'pro' } }],
  ['reasoning.context', { reasoning: { context: 'all_turns' } }],
  ['text.format.type', { text: { format: { type: 'grammar' } } }],
  ['text.format.schema', { text: { format: { type: 'json_schema', name: 'n' } } }],
  ['tools.0.type', { tools: [{ type: 'web_search' }] }],
  ['tools.1.type', { tools: [weather, { type: 'mcp', server_label: 'x' }] }],
  ['tools.0.type', { tools: [{ type: 'custom', name: 'x' }] }],
  ['tools.0.name', { tools: [{ type: 'function' }] }],
  ['tools.0.defer_loading', { tools: [{ ...weather, defer_loading: true }] }],
  ['tool_choice', { tool_choice: 'required' }],
  ['tool_choice.type', { tools: [weather], tool_choice: { type: 'web_search_preview' } }],
  ['tool_choice', { tools: [weather], tool_choice: 'sometimes' }],
  ['seed', { seed: 1 }],
  ['constructor', { constructor: 1 }],
])('%s is refused by its name when a chat cannot say it', (path, body) => {
  expect(() => translate(body)).toThrow(
    expect.objectContaining({ code: 'invalid_request', details: { issues: [expect.objectContaining({ path })] } }),
  );
});
