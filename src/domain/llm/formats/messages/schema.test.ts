import { expect, test } from '@jest/globals';
import type { JsonObject } from '../format.ts';
import { countTokensRequest, messagesNeeds, messagesRequest } from './schema.ts';

const hello = { model: 'm', max_tokens: 10, messages: [{ role: 'user', content: 'hi' }] };
const says = (...content: JsonObject[]) => ({ messages: [{ role: 'user', content }] });
const issueOf = (fields: JsonObject) =>
  messagesRequest.safeParse({ ...hello, ...fields }).error?.issues[0]?.path.join('.');
const needsOf = (fields: JsonObject) => messagesNeeds(messagesRequest.parse({ ...hello, ...fields }));

test('fields and blocks that we do not know pass through', () => {
  const body = { ...hello, ...says({ type: 'text', text: 'a', extra: 1 }, { type: 'tomorrow' }), container: 'c' };
  expect(messagesRequest.parse(body)).toEqual(body);
});

test('null is as good as absent', () => {
  const nothing = { system: null, stream: null, temperature: null, tools: null, thinking: null, output_config: null };
  expect(issueOf(nothing)).toBeUndefined();
});

test.each<[string, JsonObject, string]>([
  ['no limit', { max_tokens: undefined }, 'max_tokens'],
  ['half a token', { max_tokens: 1.5 }, 'max_tokens'],
  ['no messages', { messages: [] }, 'messages'],
  ['an unknown role', { messages: [{ role: 'tool', content: 'a' }] }, 'messages.0.role'],
  ['a message of nothing', { messages: [{ role: 'user' }] }, 'messages.0.content'],
  ['a text without text', says({ type: 'text' }), 'messages.0.content.0'],
  ['a call without an id', says({ type: 'tool_use', name: 'a', input: {} }), 'messages.0.content.0'],
  ['a result of no call', says({ type: 'tool_result', content: 'a' }), 'messages.0.content.0'],
  ['a picture of nothing', says({ type: 'image' }), 'messages.0.content.0'],
  ['a system that is no text', { system: [{ type: 'image' }] }, 'system'],
  ['a temperature of OpenAI', { temperature: 1.5 }, 'temperature'],
  ['a tool without a schema', { tools: [{ name: 'a' }] }, 'tools.0'],
  ['a choice without a type', { tool_choice: {} }, 'tool_choice.type'],
  ['no model', { model: '' }, 'model'],
])('%s is refused by the name of the field', (...[, fields, path]) => {
  expect(issueOf(fields)).toBe(path);
});

test('counting needs no limit', () => {
  const { max_tokens: _, ...counted } = hello;
  expect(countTokensRequest.parse(counted)).toEqual(counted);
});

const source = { type: 'base64', media_type: 'image/png', data: 'AAAA' };
const shown = { type: 'image', source };
const nothing = { tools: false, vision: false, json: false, documents: false, reasoning: false };

test.each<[string, JsonObject, JsonObject]>([
  ['a text', {}, {}],
  ['tools', { tools: [{ name: 'a', input_schema: {} }] }, { tools: true }],
  ['a picture', says(shown), { vision: true }],
  ['a picture of a tool', says({ type: 'tool_result', tool_use_id: 't', content: [shown] }), { vision: true }],
  ['a document', says({ type: 'document', source: { ...source, media_type: 'application/pdf' } }), { documents: true }],
  ['a document of plain text', says({ type: 'document', source: { type: 'text', data: 'a' } }), {}],
  [
    'a document with a picture',
    says({ type: 'document', source: { type: 'content', content: [shown] } }),
    { vision: true },
  ],
  ['a schema', { output_config: { format: { type: 'json_schema', schema: {} } } }, { json: true }],
  ['a schema in the beta', { output_format: { type: 'json_schema', schema: {} } }, { json: true }],
  ['thinking', { thinking: { type: 'enabled', budget_tokens: 2_000 } }, { reasoning: true }],
  ['thinking as the model likes', { thinking: { type: 'adaptive' } }, {}],
  ['no thinking', { thinking: { type: 'disabled' } }, {}],
])('%s needs of a model only what it takes', (...[, fields, needed]) => {
  expect(needsOf(fields)).toEqual({ ...nothing, ...needed });
});
