import { expect, test } from '@jest/globals';
import { checkChatStream } from '../../../../../test/stream-checkers/chat-stream-checker.ts';
import { messagesToChatProperty } from '../../../../../test/stream-properties/messages-to-chat.ts';
import type { JsonObject } from '../format.ts';
import { messagesToChatStream } from './stream.ts';

const start = {
  type: 'message_start',
  message: {
    id: 'msg_abc',
    content: [],
    usage: { input_tokens: 3, cache_read_input_tokens: 100, cache_creation_input_tokens: 20, output_tokens: 1 },
  },
};
const block = (index: number, content_block: JsonObject, ...deltas: JsonObject[]): JsonObject[] => [
  { type: 'content_block_start', index, content_block },
  ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
  { type: 'content_block_stop', index },
];
const text = (index: number, ...said: string[]) =>
  block(index, { type: 'text', text: '' }, ...said.map((piece) => ({ type: 'text_delta', text: piece })));
const told = (stop_reason: string, usage: JsonObject = { output_tokens: 9 }) => ({
  type: 'message_delta',
  delta: { stop_reason, stop_sequence: null },
  usage,
});
const stop = { type: 'message_stop' };

function translated(events: JsonObject[], usage = false): JsonObject[] {
  const translator = messagesToChatStream({ model: 'public', created: 1_700_000_000, includeUsage: usage });
  const chunks = [...events.flatMap((event) => translator.next(event)), ...translator.end()];
  checkChatStream(chunks, { usage });
  return chunks;
}

/** The deltas between the role and the finish. */
const deltasOf = (...events: JsonObject[]) =>
  translated([start, ...events, told('end_turn'), stop])
    .slice(1, -1)
    .map(({ choices }) => (Array.isArray(choices) ? choices[0].delta : null));

test('a text becomes the role, its deltas as they come, and one finish', () => {
  const head = { id: 'chatcmpl-abc', object: 'chat.completion.chunk', created: 1_700_000_000, model: 'public' };
  const chunk = (delta: JsonObject, finish_reason: string | null = null) => ({
    ...head,
    choices: [{ index: 0, delta, logprobs: null, finish_reason }],
  });
  expect(translated([start, ...text(0, 'Grüß', ' dich'), told('end_turn'), stop])).toEqual([
    chunk({ role: 'assistant', content: '' }),
    chunk({ content: 'Grüß' }),
    chunk({ content: ' dich' }),
    chunk({}, 'stop'),
  ]);
});

test('each event is answered at once', () => {
  const translator = messagesToChatStream({ model: 'public', created: 1, includeUsage: true });
  const [opened = {}, delta = {}] = text(0, 'a');
  const chunksFor = [start, opened, delta, told('end_turn'), stop].map((event) => translator.next(event).length);
  expect(chunksFor).toEqual([1, 0, 1, 0, 2]);
});

test('the usage is told last, to those who asked, from the start and the cumulative end', () => {
  const detailed = { output_tokens: 30, input_tokens: null, output_tokens_details: { thinking_tokens: 12 } };
  const chunks = translated([start, ...text(0, 'a'), told('end_turn', detailed), stop], true);
  expect(chunks.slice(0, -1).map(({ usage }) => usage)).toEqual([null, null, null]);
  expect(chunks.at(-1)).toMatchObject({
    choices: [],
    usage: {
      prompt_tokens: 123,
      completion_tokens: 30,
      total_tokens: 153,
      prompt_tokens_details: { cached_tokens: 100, cache_write_tokens: 20 },
      completion_tokens_details: { reasoning_tokens: 12 },
    },
  });
});

test('the counts of a later event stand, for providers that know the input only at the end', () => {
  const usage = { input_tokens: 7, cache_read_input_tokens: 0, cache_creation_input_tokens: 0, output_tokens: 2 };
  expect(translated([start, told('end_turn', usage), stop], true).at(-1)).toMatchObject({
    usage: { prompt_tokens: 7, completion_tokens: 2, total_tokens: 9 },
  });
});

test('thinking comes as reasoning, and once more whole with its signature for the client to keep', () => {
  const thinking = block(
    0,
    { type: 'thinking', thinking: '', signature: '' },
    { type: 'thinking_delta', thinking: 'Let me' },
    { type: 'thinking_delta', thinking: ' see' },
    { type: 'signature_delta', signature: 'sig' },
  );
  const redacted = block(1, { type: 'redacted_thinking', data: 'abc' });
  expect(deltasOf(...thinking, ...redacted, ...text(2, 'So'))).toEqual([
    { reasoning_content: 'Let me' },
    { reasoning_content: ' see' },
    { thinking_blocks: [{ type: 'thinking', thinking: 'Let me see', signature: 'sig' }] },
    { thinking_blocks: [{ type: 'redacted_thinking', data: 'abc' }] },
    { content: 'So' },
  ]);
});

test('thinking that nobody signed is not kept', () => {
  const unsigned = block(0, { type: 'thinking', thinking: '' }, { type: 'thinking_delta', thinking: 'hm' });
  expect(deltasOf(...unsigned)).toEqual([{ reasoning_content: 'hm' }]);
});

const call = (index: number, id: string, ...said: string[]) =>
  block(
    index,
    { type: 'tool_use', id, name: 'look', input: {} },
    ...said.map((partial_json) => ({ type: 'input_json_delta', partial_json })),
  );

const begun = (index: number, id: string) => ({
  tool_calls: [{ index, id, type: 'function', function: { name: 'look', arguments: '' } }],
});
const written = (index: number, piece: string) => ({ tool_calls: [{ index, function: { arguments: piece } }] });

test('calls are numbered among themselves, named first, and their input follows', () => {
  const calls = [...call(1, 'toolu_1', '', '{"q":', '"ü"}'), ...call(2, 'toolu_2', '{}')];
  expect(deltasOf(...text(0, 'Looking'), ...calls)).toEqual([
    { content: 'Looking' },
    begun(0, 'toolu_1'),
    written(0, '{"q":'),
    written(0, '"ü"}'),
    begun(1, 'toolu_2'),
    written(1, '{}'),
  ]);
});

test.each([
  ['whose input is empty', {}, '{}'],
  ['whose input came whole at its start', { q: 1 }, '{"q":1}'],
])('a call %s has arguments all the same', (...[, input, whole]) => {
  const [, last] = deltasOf(...block(0, { type: 'tool_use', id: 'toolu_1', name: 'look', input }));
  expect(last).toEqual({ tool_calls: [{ index: 0, function: { arguments: whole } }] });
});

test('pings, blocks of tools that Anthropic runs, and events of tomorrow say nothing', () => {
  const search = block(
    0,
    { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} },
    { type: 'input_json_delta', partial_json: '{"query":"a"}' },
  );
  const cited = { type: 'content_block_delta', index: 1, delta: { type: 'citations_delta', citation: {} } };
  const [opened = {}, ...rest] = text(1, 'a');
  const noise = [{ type: 'ping' }, { type: 'tomorrow' }, ...search];
  expect(deltasOf(...noise, opened, cited, ...rest)).toEqual([{ content: 'a' }]);
});

test('a stream that ends without saying so is finished once, its open blocks closed', () => {
  const [opened = {}] = block(0, { type: 'tool_use', id: 'toolu_1', name: 'look', input: {} });
  const translator = messagesToChatStream({ model: 'public', created: 1, includeUsage: true });
  const chunks = [start, opened, told('tool_use')].flatMap((event) => translator.next(event));
  const rest = translator.end();
  checkChatStream([...chunks, ...rest], { usage: true });
  expect(rest).toHaveLength(3);
  expect([...translator.end(), ...translator.next(stop), ...translator.next(opened)]).toEqual([]);
});

test.each([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['pause_turn', 'stop'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['refusal', 'content_filter'],
  ['reason_of_tomorrow', 'stop'],
])('%s is finish reason %s', (stopReason, finish_reason) => {
  expect(translated([start, told(stopReason), stop]).at(-1)).toMatchObject({ choices: [{ finish_reason }] });
});

test('a provider that names no message still gets one id for its stream', () => {
  const ids = translated([...text(0, 'a'), told('end_turn'), stop]).map(({ id }) => id);
  expect(new Set(ids)).toEqual(new Set(['chatcmpl-1700000000']));
});

test("OpenAI's own client makes of any stream what the whole answer says", async () => {
  await expect(messagesToChatProperty(200)).resolves.toBeUndefined();
});
