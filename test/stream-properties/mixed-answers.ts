import {
  array,
  base64String,
  boolean,
  constant,
  constantFrom,
  json,
  nat,
  oneof,
  record,
  string,
  uniqueArray,
} from 'fast-check';
import type { Arbitrary } from 'fast-check';
import type { JsonObject } from '../../src/domain/llm/formats/format.ts';

/** An answer of a chat, and one of the ways in which it can be cut into chunks. */
export type MixedAnswer = {
  reasoning: string;
  blocks: JsonObject[];
  text: string;
  refusal: string;
  calls: { id: string; name: string; args: string }[];
  finish: string;
  /** Reasoning, then text, then calls; else they are mixed. The calls are interleaved with each other in both. */
  inOrder: boolean;
  /** Each is how much the next piece has, or which is next; used round and round. */
  dice: number[];
};

const text = oneof(constant(''), string({ unit: 'grapheme', maxLength: 40 }), constant('日本語 👩‍👩‍👧‍👦 é\u0000\n'));
const block = oneof(
  record({ type: constant('thinking'), thinking: text, signature: string({ minLength: 1 }) }),
  record({ type: constant('redacted_thinking'), data: base64String({ minLength: 4 }) }),
);
const call = record({
  id: string({ minLength: 1 }),
  name: constantFrom('search', 'read_file'),
  args: oneof(constant(''), json()),
});

export const mixedAnswers: Arbitrary<MixedAnswer> = record({
  reasoning: text,
  blocks: array(block, { maxLength: 2 }),
  text,
  refusal: oneof({ weight: 4, arbitrary: constant('') }, { weight: 1, arbitrary: text }),
  calls: uniqueArray(call, { maxLength: 4, selector: ({ id }) => id }),
  finish: constantFrom('stop', 'tool_calls', 'length', 'content_filter'),
  inOrder: boolean(),
  dice: array(nat({ max: 12 }), { minLength: 8, maxLength: 40 }),
});

const head = { id: 'chatcmpl-1', created: 1_700_000_000, model: 'upstream-model' };
const usage = {
  prompt_tokens: 20,
  completion_tokens: 9,
  total_tokens: 29,
  prompt_tokens_details: { cached_tokens: 12 },
  completion_tokens_details: { reasoning_tokens: 4 },
};

/** The answer as it comes without streaming. */
export function completionOf({ reasoning, blocks, text: content, refusal, calls, finish }: MixedAnswer): JsonObject {
  const message = {
    role: 'assistant',
    content,
    refusal: refusal || null,
    reasoning_content: reasoning,
    thinking_blocks: blocks,
    tool_calls: calls.map(({ id, name, args }) => ({ id, type: 'function', function: { name, arguments: args } })),
  };
  return { ...head, object: 'chat.completion', choices: [{ index: 0, message, finish_reason: finish }], usage };
}

/** The answer as a stream: role first, the usage last in a chunk of its own. */
export function chunksOf(answer: MixedAnswer): JsonObject[] {
  const roll = dice(answer.dice);
  const thoughts = split(answer.reasoning, roll).map((reasoning_content) => ({ reasoning_content }));
  const proofs = answer.blocks.map((one) => ({ thinking_blocks: [one] }));
  const words = split(answer.text, roll).map((content) => ({ content }));
  const refusals = split(answer.refusal, roll).map((refusal) => ({ refusal }));
  const fragments = callDeltas(answer.calls, roll);
  const said = [...thoughts, ...proofs, ...words, ...refusals];
  const deltas = answer.inOrder
    ? [...said, ...fragments]
    : merged([[...thoughts, ...proofs], words, refusals, fragments], roll);
  const chunk = (delta: JsonObject, finish: string | null) => ({
    ...head,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
  return [
    chunk({ role: 'assistant', content: '' }, null),
    ...deltas.map((delta) => chunk(delta, null)),
    chunk({}, answer.finish),
    { ...head, object: 'chat.completion.chunk', choices: [], usage },
  ];
}

type Roll = (sides: number) => number;

function dice(rolls: number[]): Roll {
  let next = 0;
  return (sides) => (rolls[next++ % rolls.length] ?? 0) % sides;
}

/** Cut between any two code units, so within a character too. */
function split(whole: string, roll: Roll): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < whole.length;) {
    const end = at + 1 + roll(9);
    pieces.push(whole.slice(at, end));
    at = end;
  }
  return pieces;
}

/** A call begins when the one before it has begun; after that its fragments come at any time. */
function callDeltas(calls: MixedAnswer['calls'], roll: Roll): JsonObject[] {
  const fragments = calls.map(({ id, name, args }, index) => [
    { index, id, type: 'function', function: { name, arguments: '' } },
    ...split(args, roll).map((piece) => ({ index, function: { arguments: piece } })),
  ]);
  const deltas: JsonObject[] = [];
  for (let begun = 0; ;) {
    const waiting = fragments.slice(0, begun + 1).filter((queue) => queue.length > 0);
    const queue = waiting[roll(Math.max(waiting.length, 1))];
    if (!queue) return deltas;
    if (queue === fragments[begun]) begun++;
    deltas.push({ tool_calls: [queue.shift()] });
  }
}

/** Any mixture that keeps each queue's own order. */
function merged(queues: JsonObject[][], roll: Roll): JsonObject[] {
  const left = queues.map((queue) => [...queue]);
  const all: JsonObject[] = [];
  for (;;) {
    const waiting = left.filter((queue) => queue.length > 0);
    const next = waiting[roll(Math.max(waiting.length, 1))]?.shift();
    if (!next) return all;
    all.push(next);
  }
}
