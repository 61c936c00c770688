import { expect, test } from '@jest/globals';
import { checkMessagesStream } from '../../../../../test/stream-checkers/messages-stream-checker.ts';
import { chatToMessagesProperty } from '../../../../../test/stream-properties/chat-to-messages.ts';
import type { JsonObject } from '../format.ts';
import { chatToMessagesStream } from './stream.ts';

const untold = { input_tokens: 12, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 0 };

const delta = (said: JsonObject, finish_reason: string | null = null): JsonObject => ({
  id: 'chatcmpl-abc',
  choices: [{ index: 0, delta: said, finish_reason }],
});
const call = (index: number, args: string, id?: string) =>
  delta({ tool_calls: [{ index, ...(id && { id }), function: { ...(id && { name: 'f' }), arguments: args } }] });

const thinking = (...thinking_blocks: JsonObject[]) => delta({ reasoning_content: 'a', thinking_blocks });
const named = (id: string, args: string) => delta({ tool_calls: [{ id, function: { name: 'f', arguments: args } }] });
const more = (args: string) => delta({ tool_calls: [{ function: { arguments: args } }] });
const blocksBegun = (events: JsonObject[]) =>
  events.flatMap(({ content_block }) => (content_block ? [content_block] : []));

function translated(...chunks: JsonObject[]): JsonObject[] {
  const translator = chatToMessagesStream({ model: 'public', inputTokens: 12 });
  const events = [...chunks.flatMap((chunk) => translator.next(chunk)), ...translator.end()];
  checkMessagesStream(events);
  return events;
}

/** What stands between the start and the end of the message, in short. */
const blocksOf = (...chunks: JsonObject[]) =>
  translated(...chunks)
    .slice(1, -2)
    .map(short);

function short(event: JsonObject): string {
  const { index, type, content_block, delta: written } = event;
  return `${String(index)} ${String(type).replace('content_block_', '')} ${JSON.stringify(content_block ?? written ?? '')}`;
}

test('the message starts whole and at once, and ends with the usage of the chunk after the end', () => {
  const translator = chatToMessagesStream({ model: 'public', inputTokens: 12 });
  expect(translator.next(delta({ role: 'assistant', content: '' }))).toEqual([
    {
      type: 'message_start',
      message: {
        id: 'msg_abc',
        type: 'message',
        role: 'assistant',
        model: 'public',
        content: [],
        stop_reason: null,
        stop_sequence: null,
        stop_details: null,
        usage: untold,
      },
    },
  ]);
  expect(translator.next(delta({ content: 'Hé' })).map(short)).toEqual([
    '0 start {"type":"text","text":""}',
    '0 delta {"type":"text_delta","text":"Hé"}',
  ]);
  expect(translator.next(delta({}, 'stop'))).toEqual([]);
  const usage = { prompt_tokens: 30, completion_tokens: 9, prompt_tokens_details: { cached_tokens: 20 } };
  expect(translator.next({ id: 'chatcmpl-abc', choices: [], usage })).toEqual([]);
  expect(translator.end()).toEqual([
    { type: 'content_block_stop', index: 0 },
    {
      type: 'message_delta',
      delta: { stop_reason: 'end_turn', stop_sequence: null, stop_details: null },
      usage: { input_tokens: 10, cache_creation_input_tokens: 0, cache_read_input_tokens: 20, output_tokens: 9 },
    },
    { type: 'message_stop' },
  ]);
});

test('it ends once', () => {
  const translator = chatToMessagesStream({ model: 'public', inputTokens: 12 });
  translator.end();
  expect(translator.end()).toEqual([]);
  expect(translator.next(delta({ content: 'late' }))).toEqual([]);
});

test('an empty answer is a valid message', () => {
  expect(translated().map(({ type }) => type)).toEqual(['message_start', 'message_delta', 'message_stop']);
  expect(translated(delta({}, 'length')).at(-2)).toMatchObject({
    delta: { stop_reason: 'max_tokens' },
    usage: untold,
  });
});

test('thinking, text and a call are three blocks, one after the other', () => {
  const chunks = [delta({ reasoning_content: 'hm' }), delta({ content: 'So' }), delta({ content: '.' })];
  expect(blocksOf(...chunks, call(0, '', 'c1'), call(0, '{"a"'), call(0, ':1}'), delta({}, 'tool_calls'))).toEqual([
    '0 start {"type":"thinking","thinking":"","signature":""}',
    '0 delta {"type":"thinking_delta","thinking":"hm"}',
    '0 stop ""',
    '1 start {"type":"text","text":""}',
    '1 delta {"type":"text_delta","text":"So"}',
    '1 delta {"type":"text_delta","text":"."}',
    '1 stop ""',
    '2 start {"type":"tool_use","id":"c1","name":"f","input":{}}',
    '2 delta {"type":"input_json_delta","partial_json":"{\\"a\\""}',
    '2 delta {"type":"input_json_delta","partial_json":":1}"}',
    '2 stop ""',
  ]);
});

test('a signature ends its block, and redacted thinking is one of its own', () => {
  const signed = thinking({ type: 'thinking', thinking: 'a' }, { type: 'thinking', thinking: '', signature: 'sig' });
  expect(blocksOf(signed, thinking({ type: 'redacted_thinking', data: 'xyz' }), signed)).toEqual([
    '0 start {"type":"thinking","thinking":"","signature":""}',
    '0 delta {"type":"thinking_delta","thinking":"a"}',
    '0 delta {"type":"signature_delta","signature":"sig"}',
    '0 stop ""',
    '1 start {"type":"redacted_thinking","data":"xyz"}',
    '1 stop ""',
    '2 start {"type":"thinking","thinking":"","signature":""}',
    '2 delta {"type":"thinking_delta","thinking":"a"}',
    '2 delta {"type":"signature_delta","signature":"sig"}',
    '2 stop ""',
  ]);
});

test('a signature that comes with the text once more does not say it twice', () => {
  const whole = { thinking_blocks: [{ type: 'thinking', thinking: 'ab', signature: 'sig' }] };
  expect(blocksOf(delta({ reasoning_content: 'a' }), delta({ reasoning_content: 'b' }), delta(whole))).toEqual([
    '0 start {"type":"thinking","thinking":"","signature":""}',
    '0 delta {"type":"thinking_delta","thinking":"a"}',
    '0 delta {"type":"thinking_delta","thinking":"b"}',
    '0 delta {"type":"signature_delta","signature":"sig"}',
    '0 stop ""',
  ]);
});

test('calls that are mixed with each other come out one after the other', () => {
  const mixed = [call(0, '{"a"', 'c1'), call(1, '{"b"', 'c2'), call(0, ':1}'), call(1, ':2}')];
  expect(blocksOf(...mixed)).toEqual([
    '0 start {"type":"tool_use","id":"c1","name":"f","input":{}}',
    '0 delta {"type":"input_json_delta","partial_json":"{\\"a\\""}',
    '0 delta {"type":"input_json_delta","partial_json":":1}"}',
    '0 stop ""',
    '1 start {"type":"tool_use","id":"c2","name":"f","input":{}}',
    '1 delta {"type":"input_json_delta","partial_json":"{\\"b\\""}',
    '1 delta {"type":"input_json_delta","partial_json":":2}"}',
    '1 stop ""',
  ]);
});

test('a second call does not wait once the first one is whole', () => {
  const translator = chatToMessagesStream({ model: 'public', inputTokens: 12 });
  translator.next(call(0, '{"a":1}', 'c1'));
  expect(translator.next(call(1, '{"b"', 'c2')).map(short)).toEqual([
    '0 stop ""',
    '1 start {"type":"tool_use","id":"c2","name":"f","input":{}}',
    '1 delta {"type":"input_json_delta","partial_json":"{\\"b\\""}',
  ]);
});

test('text after a call that is not whole waits for it', () => {
  const events = translated(call(0, '{', 'c1'), delta({ content: 'Wait' }), call(0, '}'), delta({}, 'stop'));
  expect(blocksBegun(events)).toMatchObject([{ type: 'tool_use' }, { type: 'text' }]);
  expect(events.at(-2)).toMatchObject({ delta: { stop_reason: 'tool_use' } });
});

test('calls of providers that number all of them 0, or none, or leave out the id are told apart', () => {
  const sameIndex = translated(call(0, '{}', 'c1'), call(0, '{}', 'c2'));
  const noIndex = translated(named('c1', '{'), more('}'), named('c2', '{}'));
  const noId = translated(named('', '{}'));
  expect(blocksBegun(sameIndex)).toMatchObject([{ id: 'c1' }, { id: 'c2' }]);
  expect(blocksBegun(noIndex)).toMatchObject([{ id: 'c1' }, { id: 'c2' }]);
  expect(blocksBegun(noId)).toMatchObject([{ id: 'toolu_abc_0' }]);
});

test('a call begins when its name is known', () => {
  const unnamed = delta({ tool_calls: [{ index: 0, id: 'c1', function: { arguments: '' } }] });
  const name = delta({ tool_calls: [{ index: 0, function: { name: 'late', arguments: '{}' } }] });
  expect(blocksOf(unnamed, name)[0]).toBe('0 start {"type":"tool_use","id":"c1","name":"late","input":{}}');
});

test.each(['', ' ', 'null'])('a call without arguments (%j) has no input to read', (args) => {
  expect(blocksOf(call(0, args, 'c1'))).toHaveLength(2);
});

test('a refusal is text and the reason of the end', () => {
  expect(translated(delta({ refusal: 'I will' }), delta({ refusal: ' not.' }, 'stop')).at(-2)).toMatchObject({
    delta: { stop_reason: 'refusal', stop_details: { explanation: 'I will not.' } },
  });
});

test("any streamed answer is a right stream, and Anthropic's client rebuilds the whole answer from it", async () => {
  await chatToMessagesProperty(200);
});
