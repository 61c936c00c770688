import { expect, test } from '@jest/globals';
import type { Response } from 'openai/resources/responses/responses';
import { openThinking } from '../responses/encrypted-content.ts';
import { responsesRequest } from '../responses/request.ts';
import { chatToResponsesAnswer } from './answer.ts';

/** The client adds `output_text` itself; `store` is told and not typed. */
type Answer = Omit<Response, 'output_text'> & { store: false };

const contextOf = (request: Record<string, unknown> = {}) => ({
  request: responsesRequest.parse({ model: 'auto', input: 'hi', ...request }),
  model: 'auto',
  responseId: 'resp_1',
  created: 1_700_000_000,
});
const completion = (message: Record<string, unknown>, finish = 'stop') => ({
  choices: [{ index: 0, message: { role: 'assistant', content: null, ...message }, finish_reason: finish }],
});
const call = (id: string, args = '{}') => ({ id, type: 'function', function: { name: 'f', arguments: args } });
const block = { type: 'thinking', thinking: 'Hmm. 🤔', signature: 'sig' };
const schema = { type: 'object', properties: {} };

const usage = {
  prompt_tokens: 20,
  completion_tokens: 9,
  total_tokens: 29,
  prompt_tokens_details: { cached_tokens: 12, cache_write_tokens: 3 },
  completion_tokens_details: { reasoning_tokens: 4 },
};

test('an answer has all that was said, the settings it was asked with, and its usage', () => {
  const request = {
    instructions: 'Be brief.',
    max_output_tokens: 100,
    metadata: { run: '7' },
    parallel_tool_calls: false,
    reasoning: { effort: 'low', summary: 'auto' },
    store: true,
    temperature: 0.5,
    text: { format: { type: 'json_schema', name: 'n', schema }, verbosity: 'low' },
    tool_choice: 'required',
    tools: [{ type: 'function', name: 'f' }],
    top_p: 0.9,
    user: 'u1',
  };
  const message = {
    content: 'Hello ✓',
    reasoning_content: 'Hmm. 🤔',
    thinking_blocks: [block],
    tool_calls: [call('c1')],
  };
  const expected: Answer = {
    id: 'resp_1',
    object: 'response',
    created_at: 1_700_000_000,
    status: 'completed',
    error: null,
    incomplete_details: null,
    model: 'auto',
    output: [
      {
        id: 'rs_1_0',
        type: 'reasoning',
        status: 'completed',
        summary: [{ type: 'summary_text', text: 'Hmm. 🤔' }],
        encrypted_content: `tb1.${Buffer.from(JSON.stringify([block])).toString('base64url')}`,
      },
      {
        id: 'msg_1_1',
        type: 'message',
        status: 'completed',
        role: 'assistant',
        content: [{ type: 'output_text', text: 'Hello ✓', annotations: [], logprobs: [] }],
      },
      { id: 'fc_1_2', type: 'function_call', status: 'completed', call_id: 'c1', name: 'f', arguments: '{}' },
    ],
    usage: {
      input_tokens: 20,
      input_tokens_details: { cached_tokens: 12, cache_write_tokens: 3 },
      output_tokens: 9,
      output_tokens_details: { reasoning_tokens: 4 },
      total_tokens: 29,
    },
    access_programs: null,
    background: false,
    instructions: 'Be brief.',
    max_output_tokens: 100,
    max_tool_calls: null,
    metadata: { run: '7' },
    parallel_tool_calls: false,
    previous_response_id: null,
    reasoning: { effort: 'low', summary: 'auto' },
    service_tier: 'auto',
    store: false,
    temperature: 0.5,
    text: { format: { type: 'json_schema', name: 'n', schema }, verbosity: 'low' },
    tool_choice: 'required',
    tools: [{ type: 'function', name: 'f', parameters: null, strict: null }],
    top_logprobs: 0,
    top_p: 0.9,
    truncation: 'disabled',
    user: 'u1',
  };
  const body = { ...completion(message, 'tool_calls'), usage };
  expect(chatToResponsesAnswer(body, contextOf(request))).toEqual(expected);
});

const outputOf = (message: Record<string, unknown>, finish?: string) =>
  chatToResponsesAnswer(completion(message, finish), contextOf());

test('the thinking that a provider signed comes back from the client unchanged', () => {
  const { output } = outputOf({ content: 'x', thinking_blocks: [block, { type: 'redacted_thinking', data: 'AA' }] });
  const expected = {
    type: 'reasoning',
    content: [{ type: 'reasoning_text', text: 'Hmm. 🤔' }],
    encrypted_content: expect.anything(),
  };
  expect(output).toMatchObject([expected, { type: 'message' }]);
  const [{ encrypted_content: sealed }] = JSON.parse(JSON.stringify(output));
  expect(openThinking(sealed, 'p')).toEqual([block, { type: 'redacted_thinking', data: 'AA' }]);
});

test('without a wish for a summary the thoughts stand in the content', () => {
  expect(outputOf({ content: 'x', reasoning: 'Hmm.' })['output']).toMatchObject([
    { type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'Hmm.' }] },
    { type: 'message' },
  ]);
});

test.each([
  ['length', 'max_output_tokens'],
  ['content_filter', 'content_filter'],
])('an answer that was cut by %s is incomplete, and so is its last item', (finish, reason) => {
  expect(outputOf({ content: 'Hel', tool_calls: [call('c1', '{"a')] }, finish)).toMatchObject({
    status: 'incomplete',
    incomplete_details: { reason },
    output: [{ status: 'completed' }, { status: 'incomplete', arguments: '{"a' }],
  });
});

test('a refusal is a part of the message, and citations belong to the text', () => {
  const cited = { start_index: 0, end_index: 2, title: 'T', url: 'https://example.com' };
  const annotations = [{ type: 'url_citation', url_citation: cited }];
  expect(outputOf({ content: 'So', annotations })['output']).toMatchObject([
    { content: [{ type: 'output_text', text: 'So', annotations: [{ type: 'url_citation', ...cited }] }] },
  ]);
  expect(outputOf({ refusal: 'No.' })['output']).toMatchObject([{ content: [{ type: 'refusal', refusal: 'No.' }] }]);
});

test('calls without an id, or with the same, can still be told apart', () => {
  const { output } = outputOf({ tool_calls: [call(''), call('c1'), call('c1')] });
  expect(output).toMatchObject([{ call_id: 'call_1_0' }, { call_id: 'c1' }, { call_id: 'call_1_2' }]);
});

test('a model that said nothing has an empty output, and unknown usage is null', () => {
  expect(outputOf({ content: '' })).toMatchObject({ status: 'completed', output: [], usage: null });
});
