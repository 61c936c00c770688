import { expect, test } from '@jest/globals';
import { AppError } from '../../../../errors.ts';
import type { JsonObject } from '../format.ts';
import { messagesRequest } from '../messages/schema.ts';
import { messagesToChatRequest } from './request.ts';

const hello = { role: 'user', content: 'hello' };
const tool = { name: 'look', description: 'Looks', input_schema: { type: 'object', properties: { q: {} } } };

const request = (fields: JsonObject) =>
  messagesRequest.parse({ model: 'public', max_tokens: 100, messages: [hello], ...fields });
const translated = (fields: JsonObject, model = 'upstream') => messagesToChatRequest(request(fields), { model });

function refusedPath(fields: JsonObject): unknown {
  try {
    translated(fields);
  } catch (error) {
    return error instanceof AppError && error.code === 'invalid_request' ? error.details : error;
  }
  return 'not refused';
}

test('a request is said under the name of the upstream, and absent fields stay absent', () => {
  expect(translated({})).toStrictEqual({ model: 'upstream', messages: [hello], max_tokens: 100 });
});

test('what both formats have is said in the words of the other', () => {
  const fields = {
    system: 'Be brief.',
    stream: true,
    temperature: 0.5,
    top_p: 0.9,
    stop_sequences: ['a', 'b'],
    metadata: { user_id: 'u1' },
    service_tier: 'standard_only',
    cache_control: { type: 'ephemeral' },
  };
  expect(translated(fields)).toStrictEqual({
    model: 'upstream',
    messages: [{ role: 'system', content: 'Be brief.' }, hello],
    max_tokens: 100,
    stream: true,
    temperature: 0.5,
    top_p: 0.9,
    stop: ['a', 'b'],
    user: 'u1',
    service_tier: 'default',
  });
});

test('null asks for nothing', () => {
  const fields = { system: null, stream: null, temperature: null, top_k: null, stop_sequences: null, container: null };
  const rest = { tools: null, tool_choice: null, thinking: null, metadata: null, output_config: null, speed: null };
  expect(translated({ ...fields, ...rest })).toStrictEqual(translated({}));
});

test.each(['gpt-5.2', 'o3', 'openai/o4-mini'])('%s is given its limit by the only name that it takes', (model) => {
  expect(translated({}, model)).toStrictEqual({ model, messages: [hello], max_completion_tokens: 100 });
});

test('tools are functions, a choice and its parallelism stand beside each other', () => {
  const tool_choice = { type: 'tool', name: 'look', disable_parallel_tool_use: true };
  const tools = [tool, { ...tool, type: 'custom', strict: true, cache_control: { type: 'ephemeral' } }];
  const declared = { name: 'look', description: 'Looks', parameters: tool.input_schema };
  expect(translated({ tools, tool_choice })).toMatchObject({
    tools: [
      { type: 'function', function: declared },
      { type: 'function', function: { ...declared, strict: true } },
    ],
    tool_choice: { type: 'function', function: { name: 'look' } },
    parallel_tool_calls: false,
  });
});

test.each([
  [{ type: 'auto' }, 'auto'],
  [{ type: 'any' }, 'required'],
  [{ type: 'none' }, 'none'],
])('the tool choice %j is %j', (tool_choice, expected) => {
  const { tool_choice: said, parallel_tool_calls } = translated({ tools: [tool], tool_choice });
  expect({ said, parallel_tool_calls }).toEqual({ said: expected, parallel_tool_calls: undefined });
});

test('a choice that asks for nothing goes without tools', () => {
  expect(translated({ tools: [], tool_choice: { type: 'auto' } })).toStrictEqual(translated({}));
});

test('examples of an input are told in the description', () => {
  const [described] = [translated({ tools: [{ ...tool, input_examples: [{ q: 1 }, { q: 2 }] }] })];
  expect(described).toMatchObject({
    tools: [{ function: { description: 'Looks\n\nExamples of its input:\n{"q":1}\n{"q":2}' } }],
  });
});

test.each([
  [{ thinking: { type: 'enabled', budget_tokens: 1_024 } }, 'low'],
  [{ thinking: { type: 'enabled', budget_tokens: 8_192 } }, 'medium'],
  [{ thinking: { type: 'enabled', budget_tokens: 16_384 } }, 'high'],
  [{ thinking: { type: 'adaptive' } }, undefined],
  [{ thinking: { type: 'disabled' } }, undefined],
  [{ thinking: { type: 'adaptive' }, output_config: { effort: 'max' } }, 'max'],
  [{ thinking: { type: 'enabled', budget_tokens: 1_024 }, output_config: { effort: 'xhigh' } }, 'xhigh'],
])('%j is reasoning effort %s', (fields, effort) => {
  expect(translated(fields)['reasoning_effort']).toBe(effort);
});

test.each(['output_config', 'output_format'])('a schema in %s is enforced', (field) => {
  const format = { type: 'json_schema', schema: { type: 'object' } };
  expect(translated({ [field]: field === 'output_format' ? format : { format } })).toMatchObject({
    response_format: {
      type: 'json_schema',
      json_schema: { name: 'answer', schema: { type: 'object' }, strict: true },
    },
  });
});

test.each<[string, JsonObject, string]>([
  ['a fifth stop sequence', { stop_sequences: ['a', 'b', 'c', 'd', 'e'] }, 'stop_sequences'],
  ['top_k', { top_k: 5 }, 'top_k'],
  ['warming the cache', { max_tokens: 0 }, 'max_tokens'],
  ['a tool that Anthropic runs', { tools: [tool, { type: 'web_search_20250305', name: 'web_search' }] }, 'tools.1'],
  ['a tool of the computer', { tools: [{ type: 'bash_20250124', name: 'bash' }] }, 'tools.0'],
  ['a tool that is found by a search', { tools: [{ ...tool, defer_loading: true }] }, 'tools.0.defer_loading'],
  ['a tool for code alone', { tools: [{ ...tool, allowed_callers: ['code'] }] }, 'tools.0.allowed_callers'],
  ['a forced call without tools', { tool_choice: { type: 'any' } }, 'tool_choice'],
  ['a choice of tomorrow', { tools: [tool], tool_choice: { type: 'best' } }, 'tool_choice.type'],
  ['servers of tools', { mcp_servers: [{ type: 'url', url: 'https://a', name: 'a' }] }, 'mcp_servers'],
  ['a container', { container: 'c1' }, 'container'],
  ['editing of the context', { context_management: { edits: [{ type: 'clear' }] } }, 'context_management'],
  ['a fast lane', { speed: 'fast' }, 'speed'],
  ['a task budget', { output_config: { task_budget: { total: 1 } } }, 'output_config.task_budget'],
  ['an effort of tomorrow', { output_config: { effort: 'huge' } }, 'output_config.effort'],
  ['thinking between tools', { thinking: { type: 'between_tools' } }, 'thinking.type'],
  ['thinking without a budget', { thinking: { type: 'enabled' } }, 'thinking.budget_tokens'],
  ['a format of tomorrow', { output_format: { type: 'grammar' } }, 'output_format.type'],
  ['a tier of tomorrow', { service_tier: 'gold' }, 'service_tier'],
  ['a field that nobody knows', { surprise: 1 }, 'surprise'],
])('%s is refused by its name', (...[, fields, path]) => {
  expect(refusedPath(fields)).toMatchObject({ issues: [{ path }] });
});
