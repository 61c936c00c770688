import { expect, test } from '@jest/globals';
import type {
  ResponseOutputText,
  ResponseReasoningItem,
  ResponseStreamEvent,
} from 'openai/resources/responses/responses';
import { chatToResponsesProperty } from '../../../../../test/stream-properties/chat-to-responses.ts';
import { checkResponsesStream } from '../../../../../test/stream-checkers/responses-stream-checker.ts';
import type { JsonObject } from '../format.ts';
import { objectIn } from '../json.ts';
import { chatToResponsesStream } from './stream.ts';

const delta = (said: JsonObject, finish: string | null = null) => ({
  choices: [{ index: 0, delta: said, finish_reason: finish }],
});
const fragment = (call: JsonObject) => delta({ tool_calls: [call] });

function eventsOf(chunks: JsonObject[], reasoning: { summary: 'auto' } | null = null): JsonObject[] {
  const request = { model: 'm', input: 'hi', reasoning };
  const stream = chatToResponsesStream({ request, model: 'm', responseId: 'resp_1', created: 1_700_000_000 });
  const events = [...chunks.flatMap((chunk) => stream.next(chunk)), ...stream.end()];
  checkResponsesStream(events);
  return events;
}

const answered = [
  delta({ role: 'assistant', content: '' }),
  delta({ reasoning_content: 'Hm' }),
  delta({ content: 'Hel' }),
  delta({ content: 'lo' }),
  fragment({ index: 0, id: 'c1', type: 'function', function: { name: 'f', arguments: '' } }),
  fragment({ index: 0, function: { arguments: '{}' } }),
  delta({}, 'tool_calls'),
];

type Untold<E> = E extends ResponseStreamEvent ? Omit<E, 'sequence_number'> : never;

const pondering = { item_id: 'rs_1_0', output_index: 0, content_index: 0 };
const thought: ResponseReasoningItem.Content = { type: 'reasoning_text', text: 'Hm' };
const reasoned = { id: 'rs_1_0', type: 'reasoning' as const, summary: [] };
const writing = { item_id: 'msg_1_1', output_index: 1, content_index: 0 };
const written: ResponseOutputText = { type: 'output_text', text: 'Hello', annotations: [], logprobs: [] };
const message = { id: 'msg_1_1', type: 'message' as const, role: 'assistant' as const };
const calling = { item_id: 'fc_1_2', output_index: 2 };
const called = { id: 'fc_1_2', type: 'function_call' as const, call_id: 'c1', name: 'f' };

/** All between `response.in_progress` and `response.completed`. */
const told: Untold<ResponseStreamEvent>[] = [
  { type: 'response.output_item.added', output_index: 0, item: { ...reasoned, status: 'in_progress' } },
  { type: 'response.content_part.added', ...pondering, part: { type: 'reasoning_text', text: '' } },
  { type: 'response.reasoning_text.delta', ...pondering, delta: 'Hm' },
  { type: 'response.reasoning_text.done', ...pondering, text: 'Hm' },
  { type: 'response.content_part.done', ...pondering, part: thought },
  {
    type: 'response.output_item.done',
    output_index: 0,
    item: { ...reasoned, status: 'completed', content: [thought] },
  },
  { type: 'response.output_item.added', output_index: 1, item: { ...message, status: 'in_progress', content: [] } },
  { type: 'response.content_part.added', ...writing, part: { ...written, text: '' } },
  { type: 'response.output_text.delta', ...writing, delta: 'Hel', logprobs: [] },
  { type: 'response.output_text.delta', ...writing, delta: 'lo', logprobs: [] },
  { type: 'response.output_text.done', ...writing, text: 'Hello', logprobs: [] },
  { type: 'response.content_part.done', ...writing, part: written },
  {
    type: 'response.output_item.done',
    output_index: 1,
    item: { ...message, status: 'completed', content: [written] },
  },
  { type: 'response.output_item.added', output_index: 2, item: { ...called, status: 'in_progress', arguments: '' } },
  { type: 'response.function_call_arguments.delta', ...calling, delta: '{}' },
  { type: 'response.function_call_arguments.done', ...calling, arguments: '{}' },
  { type: 'response.output_item.done', output_index: 2, item: { ...called, status: 'completed', arguments: '{}' } },
];

test('reasoning, text and a call are told event by event', () => {
  const events = eventsOf(answered);
  expect(events.slice(2, -1)).toEqual(told.map((event, index) => Object.assign({ sequence_number: index + 2 }, event)));
  expect(events.at(-1)).toMatchObject({ type: 'response.completed', response: { status: 'completed' } });
});

test('reasoning is told as a summary to a client that asked for one', () => {
  const types = eventsOf(answered, { summary: 'auto' }).map(({ type }) => type);
  expect(types.slice(2, 8)).toEqual([
    'response.output_item.added',
    'response.reasoning_summary_part.added',
    'response.reasoning_summary_text.delta',
    'response.reasoning_summary_text.done',
    'response.reasoning_summary_part.done',
    'response.output_item.done',
  ]);
});

const finalOf = (chunks: JsonObject[]) => objectIn(eventsOf(chunks).at(-1)?.['response']);

test('thinking blocks in pieces are one block', () => {
  const pieces = ['Hm', '!'].map((thinking) =>
    delta({ reasoning_content: thinking, thinking_blocks: [{ type: 'thinking', thinking, signature: '' }] }),
  );
  const signed = delta({ thinking_blocks: [{ type: 'thinking', thinking: '', signature: 'sig' }] });
  const sealed = Buffer.from(JSON.stringify([{ type: 'thinking', thinking: 'Hm!', signature: 'sig' }]));
  expect(finalOf([...pieces, signed, delta({ content: 'x' })])['output']).toMatchObject([
    { content: [{ text: 'Hm!' }], encrypted_content: `tb1.${sealed.toString('base64url')}` },
    { type: 'message' },
  ]);
});

test('calls without an index are told apart by their ids', () => {
  const chunks = [
    fragment({ id: 'a', function: { name: 'f', arguments: '{' } }),
    fragment({ function: { arguments: '}' } }),
    fragment({ id: 'b', function: { name: 'g', arguments: '[]' } }),
  ];
  expect(finalOf(chunks)['output']).toMatchObject([
    { call_id: 'a', name: 'f', arguments: '{}' },
    { call_id: 'b', name: 'g', arguments: '[]' },
  ]);
});

test('a call whose name comes late loses nothing of its arguments', () => {
  const chunks = [
    fragment({ index: 0, id: 'a', function: { arguments: '{"x"' } }),
    fragment({ index: 0, function: { name: 'f', arguments: ':1}' } }),
  ];
  expect(finalOf(chunks)['output']).toMatchObject([{ call_id: 'a', name: 'f', arguments: '{"x":1}' }]);
});

test('a text that goes on after a call is a message of its own', () => {
  const call = fragment({ index: 0, id: 'a', function: { name: 'f', arguments: '{}' } });
  expect(finalOf([delta({ content: 'A' }), call, delta({ content: 'B' })])['output']).toMatchObject([
    { id: 'msg_1_0', content: [{ text: 'A' }] },
    { id: 'fc_1_1' },
    { id: 'msg_1_2', content: [{ text: 'B' }] },
  ]);
});

test('a stream that is cut by its limit ends incomplete, with the usage that came last', () => {
  const usage = { prompt_tokens: 3, completion_tokens: 2 };
  const events = eventsOf([delta({ content: 'A' }), delta({}, 'length'), { choices: [], usage }]);
  expect(events.at(-1)).toMatchObject({
    type: 'response.incomplete',
    response: {
      incomplete_details: { reason: 'max_output_tokens' },
      output: [{ status: 'incomplete' }],
      usage: { input_tokens: 3, output_tokens: 2, total_tokens: 5 },
    },
  });
});

test('an upstream that says nothing at all still gives a right stream', () => {
  expect(eventsOf([]).map(({ type }) => type)).toEqual([
    'response.created',
    'response.in_progress',
    'response.completed',
  ]);
});

test('any answer cut anywhere keeps the grammar, and the official client rebuilds it', async () => {
  await expect(chatToResponsesProperty(200)).resolves.toBeUndefined();
});
