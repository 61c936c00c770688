import { expect, test } from '@jest/globals';
import type { JsonObject } from '../../src/domain/llm/formats/format.ts';
import { chatToResponsesStream } from '../../src/domain/llm/formats/chat-to-responses/stream.ts';
import { checkResponsesStream } from './responses-stream-checker.ts';

const deltas = [
  { reasoning_content: 'Hm' },
  { content: 'He' },
  { content: 'llo' },
  { refusal: 'No.' },
  { tool_calls: [{ index: 0, id: 'c1', function: { name: 'f', arguments: '{' } }] },
  { tool_calls: [{ index: 0, function: { arguments: '}' } }] },
];

const stream = chatToResponsesStream({
  request: { model: 'm', input: 'hi' },
  model: 'm',
  responseId: 'resp_1',
  created: 1_700_000_000,
});
const right = [...deltas.flatMap((delta) => stream.next({ choices: [{ delta }] })), ...stream.end()];
const numbered = (events: JsonObject[]) =>
  events.map((event, index) => Object.assign({}, event, { sequence_number: index }));
const cases = right.map(({ type }, index): [number, unknown] => [index, type]);

test('a right stream is accepted and gives its response', () => {
  expect(checkResponsesStream(right)).toBe(right.at(-1)?.['response']);
});

test.each(cases)('a stream without event %i, %s, is refused', (index) => {
  expect(() => checkResponsesStream(numbered(right.toSpliced(index, 1)))).toThrow();
});

test.each(cases)('a stream with event %i, %s, twice is refused', (index) => {
  const twice = [...right.slice(0, index + 1), ...right.slice(index)];
  expect(() => checkResponsesStream(numbered(twice))).toThrow();
});

test('a gap in the numbers is refused', () => {
  expect(() => checkResponsesStream(right.map((event) => Object.assign({}, event, { sequence_number: 0 })))).toThrow();
});

test('a whole response that differs from its items is refused', () => {
  const response = { id: 'resp_1', status: 'completed', incomplete_details: null, output: [] };
  expect(() => checkResponsesStream([...right.slice(0, -1), { ...right.at(-1), response }])).toThrow();
});
