import { expect, test } from '@jest/globals';
import type { JsonObject } from '../../src/domain/llm/formats/format.ts';
import { checkMessagesStream } from './messages-stream-checker.ts';

const usage = { input_tokens: 1, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 1 };
const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [], usage };
const start = { type: 'message_start', message: { ...message, stop_reason: null, stop_sequence: null } };
const end = (stop_reason: string, stop_sequence: string | null = null, told: JsonObject = usage) => [
  { type: 'message_delta', delta: { stop_reason, stop_sequence }, usage: told },
  { type: 'message_stop' },
];
const begin = (index: number, content_block: JsonObject) => ({ type: 'content_block_start', index, content_block });
const delta = (index: number, written: JsonObject) => ({ type: 'content_block_delta', index, delta: written });
const stop = (index: number) => ({ type: 'content_block_stop', index });
const text = { type: 'text', text: '' };
const thinking = { type: 'thinking', thinking: '', signature: '' };
const tool = { type: 'tool_use', id: 'c1', name: 'f', input: {} };
const input = (partial_json: string) => delta(0, { type: 'input_json_delta', partial_json });
const signature = delta(0, { type: 'signature_delta', signature: 's' });
const a = delta(0, { type: 'text_delta', text: 'a' });
const done = end('end_turn');

test.each<[string, JsonObject[]]>([
  ['an empty message', [start, ...done]],
  ['a text with pings', [start, { type: 'ping' }, begin(0, text), { type: 'ping' }, a, stop(0), ...done]],
  ['signed thinking', [start, begin(0, thinking), signature, stop(0), ...done]],
  ['a call', [start, begin(0, tool), input('{"a"'), input(':1}'), stop(0), ...end('tool_use')]],
  ['a call that was cut', [start, begin(0, tool), input('{"a"'), stop(0), ...end('max_tokens')]],
  ['a stop sequence', [start, ...end('stop_sequence', 'END')]],
])('%s is a right stream', (...[, events]) => {
  expect(() => checkMessagesStream(events)).not.toThrow();
});

test.each<[string, JsonObject[]]>([
  ['no event', []],
  ['no start', done],
  ['a second start', [start, start, ...done]],
  ['a start that is not whole', [{ type: 'message_start', message: { ...message, usage: {} } }, ...done]],
  ['no end', [start, begin(0, text), stop(0)]],
  ['an end without message_stop', [start, ...done.slice(0, 1)]],
  ['something after the end', [start, ...done, { type: 'message_stop' }]],
  ['two ends', [start, ...done.slice(0, 1), ...done]],
  ['an index that is not the next', [start, begin(1, text), stop(1), ...done]],
  ['blocks within each other', [start, begin(0, text), begin(1, text), stop(1), stop(0), ...done]],
  ['a block that is not closed', [start, begin(0, text), a, ...done]],
  ['a delta outside a block', [start, a, ...done]],
  ['a delta of another block', [start, begin(0, text), stop(0), begin(1, text), a, stop(1), ...done]],
  ['a delta of another kind', [start, begin(0, thinking), a, stop(0), ...done]],
  ['a block that begins full', [start, begin(0, { ...text, text: 'a' }), stop(0), ...done]],
  ['thinking after its signature', [start, begin(0, thinking), signature, signature, stop(0), ...done]],
  ['an input that is no object', [start, begin(0, tool), input('[1]'), stop(0), ...end('tool_use')]],
  ['a call that nobody would answer', [start, begin(0, tool), stop(0), ...done]],
  ['tool_use without a call', [start, ...end('tool_use')]],
  ['an unknown reason', [start, ...end('stop')]],
  ['a stop sequence that is not told', [start, ...end('stop_sequence')]],
  ['usage that shrinks', [start, ...end('end_turn', null, { ...usage, output_tokens: 0 })]],
])('%s is refused', (...[, events]) => {
  expect(() => checkMessagesStream(events)).toThrow();
});
