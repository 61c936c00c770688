import {
  array,
  base64String,
  constant,
  constantFrom,
  dictionary,
  jsonValue,
  nat,
  oneof,
  option,
  record,
  string,
  stringMatching,
} from 'fast-check';
import type { Arbitrary } from 'fast-check';
import type { JsonObject } from '../../src/domain/llm/formats/format.ts';
import { objectIn } from '../../src/domain/llm/formats/json.ts';

/** An answer of a model of Anthropic's format, before it is written down whole or as events. */
export type SpokenMessage = {
  id: string;
  blocks: JsonObject[];
  stopReason: string;
  usage: JsonObject;
  thinkingTokens: number | null;
};

const words = string({ unit: 'grapheme', maxLength: 40 });
const spoken = oneof(
  record({ type: constant('text'), text: words }),
  record({
    type: constant('thinking'),
    thinking: words,
    signature: oneof(constant(''), base64String({ minLength: 4 })),
  }),
  record({ type: constant('redacted_thinking'), data: base64String({ minLength: 4 }) }),
);
const call = record({
  type: constant('tool_use'),
  name: stringMatching(/^[a-z]\w{0,20}$/),
  input: dictionary(string({ unit: 'grapheme' }), jsonValue({ maxDepth: 2 }), { maxKeys: 4 }),
  place: nat(6),
});
type Call = { type: 'tool_use'; name: string; input: Record<string, unknown>; place: number };

const count = nat(100_000);
const measured = record({
  input_tokens: count,
  output_tokens: count,
  cache_read_input_tokens: option(count),
  cache_creation_input_tokens: option(count),
});

/** Anything a model may say: thinking with and without signature, texts of many bytes a letter, up to four calls among it. */
export const spokenMessage: Arbitrary<SpokenMessage> = record({
  id: stringMatching(/^msg_[A-Za-z0-9]{8}$/),
  said: array(spoken, { maxLength: 6 }),
  calls: array(call, { maxLength: 4 }),
  otherwise: constantFrom('end_turn', 'stop_sequence', 'max_tokens', 'refusal', 'pause_turn'),
  usage: measured,
  thinkingTokens: option(count),
}).map(({ id, said, calls, otherwise, usage, thinkingTokens }) => {
  const stopReason = calls.length > 0 ? 'tool_use' : otherwise;
  return { id, blocks: among(said, calls), stopReason, usage, thinkingTokens };
});

function among(said: JsonObject[], calls: Call[]): JsonObject[] {
  const blocks = [...said];
  for (const [index, { place, ...asked }] of calls.entries()) {
    blocks.splice(place, 0, { ...asked, id: `toolu_${index}` });
  }
  return blocks;
}

/** The answer in one body. */
export function wholeMessage({ id, blocks, stopReason, usage, thinkingTokens }: SpokenMessage): JsonObject {
  const output_tokens_details = thinkingTokens === null ? null : { thinking_tokens: thinkingTokens };
  return {
    id,
    type: 'message',
    role: 'assistant',
    model: 'claude',
    content: blocks,
    stop_reason: stopReason,
    stop_sequence: null,
    usage: { ...usage, output_tokens_details },
  };
}

/**
 * The same answer as events, cut anywhere, with pings between them.
 * @param chances decide the cuts, the pings, and what a provider may leave out
 */
export function messageEvents(message: SpokenMessage, chances: Iterator<number>): JsonObject[] {
  const chance = (bound: number): number => Number(chances.next().value) % bound;
  const whole = wholeMessage(message);
  const { output_tokens_details, ...usage } = objectIn(whole['usage']);
  const start = { ...whole, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } };
  const counted = { output_tokens: usage['output_tokens'], output_tokens_details };
  const repeated = { input_tokens: usage['input_tokens'], cache_read_input_tokens: null };
  const events = [
    { type: 'message_start', message: start },
    ...message.blocks.flatMap((block, index) => blockEvents(block, index, chance)),
    {
      type: 'message_delta',
      delta: { stop_reason: message.stopReason, stop_sequence: null },
      usage: chance(2) === 0 ? counted : { ...counted, ...repeated },
    },
    ...(chance(4) === 0 ? [] : [{ type: 'message_stop' }]),
  ];
  return events.flatMap((event) => (chance(5) === 0 ? [event, noise[chance(noise.length)] ?? {}] : [event]));
}

type Chance = (bound: number) => number;

const noise: JsonObject[] = [{ type: 'ping' }, { type: 'event_of_tomorrow', index: 0, delta: { text: 'no' } }];

function blockEvents(block: JsonObject, index: number, chance: Chance): JsonObject[] {
  const { opening, deltas } = writing(block, chance);
  return [
    { type: 'content_block_start', index, content_block: opening },
    ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
    { type: 'content_block_stop', index },
  ];
}

type Writing = { opening: JsonObject; deltas: JsonObject[] };

function writing(block: JsonObject, chance: Chance): Writing {
  switch (block['type']) {
    case 'text':
      return {
        opening: { type: 'text', text: '' },
        deltas: pieces(String(block['text']), chance).map((text) => ({ type: 'text_delta', text })),
      };
    case 'thinking':
      return thought(String(block['thinking']), String(block['signature']), chance);
    case 'tool_use':
      return called(block, chance);
    default:
      return { opening: block, deltas: [] };
  }
}

function thought(text: string, signature: string, chance: Chance): Writing {
  const thinking = pieces(text, chance).map((piece) => ({ type: 'thinking_delta', thinking: piece }));
  const signed = signature === '' ? [] : [{ type: 'signature_delta', signature }];
  return { opening: { type: 'thinking', thinking: '', signature: '' }, deltas: [...thinking, ...signed] };
}

/** Anthropic begins with an empty piece; a provider may also give the whole input at once, and a call may have none. */
function called({ input, ...block }: JsonObject, chance: Chance): Writing {
  if (chance(6) === 0) return { opening: { ...block, input }, deltas: [] };
  const text = chance(2) === 0 ? JSON.stringify(input) : JSON.stringify(input, null, 2);
  const written = text === '{}' && chance(2) === 0 ? [] : pieces(text, chance);
  const deltas = ['', ...written].map((partial_json) => ({ type: 'input_json_delta', partial_json }));
  return { opening: { ...block, input: {} }, deltas };
}

/** By code units: a piece may end within a pair, as JSON escapes allow. */
function pieces(text: string, chance: Chance): string[] {
  const cut: string[] = [];
  for (let from = 0; from < text.length;) {
    const to = from + 1 + chance(8);
    cut.push(text.slice(from, to));
    from = to;
  }
  return cut;
}
