import {
  array,
  base64String,
  boolean,
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

/** An answer of a model of OpenAI's format, before it is written down whole or in chunks. */
export type SpokenAnswer = {
  id: string;
  thinking: string;
  signature: string;
  text: string;
  refused: boolean;
  calls: { id: string; name: string; arguments: string }[];
  finish: string;
  usage: { fresh: number; cached: number; written: number; completion: number; reasoning: number } | null;
};

const words = string({ unit: 'grapheme', maxLength: 40 });
const input = dictionary(string({ unit: 'grapheme' }), jsonValue({ maxDepth: 2 }), { maxKeys: 4 });
const argumentTexts = oneof(
  input.map((value) => JSON.stringify(value)),
  input.map((value) => ` ${JSON.stringify(value, null, 2)}\n`),
  constantFrom('', ' ', '{}', 'null'),
);
const names = stringMatching(/^[a-z]\w{0,20}$/);
const calls = array(record({ name: names, arguments: argumentTexts }), { maxLength: 4 }).map((asked) =>
  asked.map((call, index) => ({ id: `call_${index}`, ...call })),
);
const count = nat(100_000);
const measured = record({ fresh: count, cached: count, written: count, completion: count, reasoning: count });

/** Anything a model may say: thinking, signed or not, text or a refusal of many bytes a letter, up to four calls. */
export const spokenAnswer: Arbitrary<SpokenAnswer> = record({
  id: stringMatching(/^(chatcmpl-|gen-)?[a-z0-9]{8}$/),
  thinking: words,
  signature: oneof(constant(''), base64String({ minLength: 4 })),
  text: words,
  refused: boolean(),
  calls,
  finish: constantFrom('stop', 'length', 'tool_calls', 'content_filter'),
  usage: option(measured),
});

/** The answer in one body. */
export function chatCompletion(answer: SpokenAnswer): JsonObject {
  const { thinking, signature, text, refused, finish } = answer;
  const message = {
    role: 'assistant',
    content: refused ? null : text,
    refusal: refused ? text : null,
    reasoning_content: thinking,
    ...(signature !== '' && { thinking_blocks: [{ type: 'thinking', thinking, signature }] }),
    tool_calls: answer.calls.map(({ id, ...called }) => ({ id, type: 'function', function: called })),
  };
  const usage = answer.usage ? usageBody(answer.usage) : unmeasured;
  return { id: answer.id, choices: [{ index: 0, message, finish_reason: finish }], usage };
}

/** The translated stream has the count of the gateway where the upstream tells none. */
const unmeasured = { prompt_tokens: 7, completion_tokens: 0 };

/**
 * The same answer in chunks, cut anywhere, calls mixed with each other.
 * @param chances decide the cuts and the mixture
 */
export function chatChunks(answer: SpokenAnswer, chances: Iterator<number>): JsonObject[] {
  const chance = (bound: number): number => Number(chances.next().value) % bound;
  const delta = (said: JsonObject, finish: string | null = null): JsonObject => ({
    id: answer.id,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta: said, finish_reason: finish }],
  });
  const deltas = [
    { role: 'assistant', content: '' },
    ...thinkingDeltas(answer, chance),
    ...pieces(answer.text, chance).map((piece) => (answer.refused ? { refusal: piece } : { content: piece })),
    ...mixedCalls(answer, chance),
  ];
  const finished = delta({}, answer.finish);
  if (!answer.usage) return [...deltas.map((said) => delta(said)), finished];
  const usage = usageBody(answer.usage);
  const last = chance(2) === 0 ? [{ ...finished, usage }] : [finished, { id: answer.id, choices: [], usage }];
  return [...deltas.map((said) => delta(said)), ...last];
}

type Chance = (bound: number) => number;

/** By code units: a chunk may end within a pair, as JSON escapes allow. */
function pieces(text: string, chance: Chance): string[] {
  const cut: string[] = [];
  for (let from = 0; from < text.length;) {
    const to = from + 1 + chance(8);
    cut.push(text.slice(from, to));
    from = to;
  }
  return cut;
}

/** A signature comes alone after blocks in pieces, as from LiteLLM, or with all of the text again, as from ourselves. */
function thinkingDeltas({ thinking, signature }: SpokenAnswer, chance: Chance): JsonObject[] {
  const field = chance(2) === 0 ? 'reasoning_content' : 'reasoning';
  const inBlocks = chance(2) === 0;
  const told = pieces(thinking, chance).map((piece) =>
    inBlocks && signature !== ''
      ? { [field]: piece, thinking_blocks: [{ type: 'thinking', thinking: piece }] }
      : { [field]: piece },
  );
  if (signature === '') return told;
  return [...told, { thinking_blocks: [{ type: 'thinking', thinking: inBlocks ? '' : thinking, signature }] }];
}

/** Calls begin in order; what follows of each comes in any mixture. */
function mixedCalls({ calls: asked }: SpokenAnswer, chance: Chance): JsonObject[] {
  const mixed: JsonObject[] = [];
  const begun: { index: number; left: string[] }[] = [];
  const add = (call: JsonObject) => mixed.push({ tool_calls: [call] });
  for (const [index, { id, name, arguments: text }] of asked.entries()) {
    add({ index, id, type: 'function', function: { name, arguments: '' } });
    begun.push({ index, left: pieces(text, chance) });
    for (let turns = chance(6); turns > 0; turns -= 1) writeOne(begun, { add, chance });
  }
  while (begun.some(({ left }) => left.length > 0)) writeOne(begun, { add, chance });
  return mixed;
}

type Writing = { add: (call: JsonObject) => void; chance: Chance };

function writeOne(begun: { index: number; left: string[] }[], { add, chance }: Writing): void {
  const unfinished = begun.filter(({ left }) => left.length > 0);
  const chosen = unfinished[chance(Math.max(1, unfinished.length))];
  const piece = chosen?.left.shift();
  if (chosen && piece !== undefined) add({ index: chosen.index, function: { arguments: piece } });
}

function usageBody({ fresh, cached, written, completion, reasoning }: NonNullable<SpokenAnswer['usage']>): JsonObject {
  return {
    prompt_tokens: fresh + cached + written,
    completion_tokens: completion,
    prompt_tokens_details: { cached_tokens: cached, cache_write_tokens: written },
    completion_tokens_details: { reasoning_tokens: reasoning },
  };
}
