import { expect, test } from '@jest/globals';
import { chatRequest, needsOf } from './request.ts';
import { countRequestTokens, countTextTokens } from '../../tokens.ts';

const hello = { model: 'm', messages: [{ role: 'user', content: 'hello world' }] };
const picture = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } };
const issueOf = (body: unknown) => chatRequest.safeParse(body).error?.issues[0]?.path.join('.');

test('fields that we do not know pass through', () => {
  const body = {
    ...hello,
    seed: 1,
    messages: [{ role: 'user', content: [{ type: 'text', text: 'a', extra: true }, picture] }],
  };
  expect(chatRequest.parse(body)).toEqual(body);
});

test.each<[string, unknown, string]>([
  ['no messages', { ...hello, messages: [] }, 'messages'],
  ['an unknown role', { ...hello, messages: [{ role: 'king', content: 'x' }] }, 'messages.0.role'],
  ['a user who says nothing', { ...hello, messages: [{ role: 'user' }] }, 'messages.0.content'],
  ['a limit of no tokens', { ...hello, max_tokens: 0 }, 'max_tokens'],
  ['half a token', { ...hello, max_completion_tokens: 1.5 }, 'max_completion_tokens'],
  ['two different limits', { ...hello, max_tokens: 9, max_completion_tokens: 1 }, 'max_tokens'],
  ['several answers', { ...hello, n: 2 }, 'n'],
  ['no model', { ...hello, model: '' }, 'model'],
])('%s is refused by the name of the field', (...[, body, path]) => {
  expect(issueOf(body)).toBe(path);
});

test('an assistant may have called tools without a word', () => {
  const call = { id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } };
  const messages = [...hello.messages, { role: 'assistant', content: null, tool_calls: [call] }];
  expect(chatRequest.safeParse({ ...hello, messages }).success).toBe(true);
});

test('needs are read from tools, pictures and the format', () => {
  const body = { ...hello, tools: [{ type: 'function' }], response_format: { type: 'json_schema' } };
  expect(needsOf(chatRequest.parse(body))).toEqual({
    tools: true,
    vision: false,
    documents: false,
    json: true,
  });
  expect(needsOf(chatRequest.parse({ ...hello, messages: [{ role: 'user', content: [picture] }] })).vision).toBe(true);
});

test('input is counted with the overhead of its messages, pictures at their most', () => {
  expect(countRequestTokens(chatRequest.parse(hello))).toBe(2 + 4 + 3);
  const seen = chatRequest.parse({ ...hello, messages: [{ role: 'user', content: [picture] }] });
  expect(countRequestTokens(seen)).toBe(1_600 + 4 + 3);
});

test('what looks like a control token is text like any other', () => {
  expect(countTextTokens('<|endoftext|>')).toBeGreaterThan(1);
});

test('a long text without a space is counted in pieces, and never for less than it is', () => {
  expect(countTextTokens('a'.repeat(20_000))).toBeGreaterThanOrEqual(2_500);
  expect(countTextTokens('😀'.repeat(1_000))).toBe(1_000);
});
