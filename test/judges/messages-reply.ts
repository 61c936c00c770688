import type { FakeReply } from '../fake-upstream.ts';
import { halves } from './answer.ts';
import type { Call, ToldAnswer, Used } from './answer.ts';

/** An answer in Anthropic's format. */
export function messagesReply(answer: ToldAnswer, streamed: boolean): FakeReply {
  return streamed ? { events: eventsOf(answer) } : { body: messageOf(answer) };
}

const empty = { id: 'msg_judged', type: 'message', role: 'assistant', model: 'upstream', content: [] };
const reasons = { finished: 'end_turn', calling: 'tool_use', cut: 'max_tokens', refused: 'refusal' } as const;

function messageOf({ thinking, signature = 'c2lnbmVk', pieces = [], calls = [], used, end }: ToldAnswer) {
  const content = [
    ...(thinking === undefined ? [] : [{ type: 'thinking', thinking, signature }]),
    ...(pieces.length > 0 ? [{ type: 'text', text: pieces.join('') }] : []),
    ...calls.map(toolUse),
  ];
  return { ...empty, content, stop_reason: reasons[end], stop_sequence: null, usage: usageOf(used) };
}

function eventsOf({ thinking, signature = 'c2lnbmVk', pieces = [], calls = [], used, end }: ToldAnswer): object[] {
  const blocks = [
    ...(thinking === undefined ? [] : [thinkingBlock(thinking, signature)]),
    ...(pieces.length > 0 ? [textBlock(pieces)] : []),
    ...calls.map(callBlock),
  ];
  const usage = usageOf(used);
  const message = { ...empty, stop_reason: null, stop_sequence: null, usage: { ...usage, output_tokens: 1 } };
  return [
    { type: 'message_start', message },
    { type: 'ping' },
    ...blocks.flatMap(blockEvents),
    { type: 'message_delta', delta: { stop_reason: reasons[end], stop_sequence: null }, usage },
    { type: 'message_stop' },
  ];
}

type Block = { content_block: object; deltas: object[] };

function blockEvents({ content_block, deltas }: Block, index: number): object[] {
  const written = deltas.map((delta) => ({ type: 'content_block_delta', index, delta }));
  return [{ type: 'content_block_start', index, content_block }, ...written, { type: 'content_block_stop', index }];
}

const thinkingBlock = (thinking: string, signature: string): Block => ({
  content_block: { type: 'thinking', thinking: '', signature: '' },
  deltas: [
    ...halves(thinking).map((piece) => ({ type: 'thinking_delta', thinking: piece })),
    { type: 'signature_delta', signature },
  ],
});

const textBlock = (pieces: string[]): Block => ({
  content_block: { type: 'text', text: '' },
  deltas: pieces.map((text) => ({ type: 'text_delta', text })),
});

const callBlock = (call: Call): Block => ({
  content_block: { ...toolUse(call), input: {} },
  deltas: halves(JSON.stringify(call.input)).map((piece) => ({ type: 'input_json_delta', partial_json: piece })),
});

const toolUse = ({ id, name, input }: Call) => ({ type: 'tool_use', id, name, input });

function usageOf({ fresh, cacheRead, cacheWrite5m, cacheWrite1h, out, thinking }: Used) {
  return {
    input_tokens: fresh,
    cache_read_input_tokens: cacheRead,
    cache_creation_input_tokens: cacheWrite5m + cacheWrite1h,
    cache_creation: { ephemeral_5m_input_tokens: cacheWrite5m, ephemeral_1h_input_tokens: cacheWrite1h },
    output_tokens: out,
    ...(thinking > 0 && { output_tokens_details: { thinking_tokens: thinking } }),
  };
}
