import { inexpressible } from '../format.ts';
import type { JsonObject } from '../format.ts';

/**
 * Refuses what would change the answer and cannot be said in chat completions. A field that the Responses API does not
 * know either is refused by its name: we cannot tell what it would have done. `null` asks for nothing.
 * @param path of the object that has the fields; empty for the body
 * @throws AppError `invalid_request`
 */
export function refuseInexpressibleFields(fields: JsonObject, rules: FieldRules, path = ''): void {
  for (const [name, value] of Object.entries(fields)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : unknownField;
    if (value === null || value === undefined || rule === undefined || isExpressible(value, rule)) continue;
    throw inexpressible(path === '' ? name : `${path}.${name}`, rule.because);
  }
}

/** A field is `said` in the chat request too, or these values of it (and no others) ask for nothing. */
export type FieldRules = Readonly<Record<string, FieldRule>>;
type FieldRule = typeof said | { only: readonly unknown[]; because: string };

export const said = { only: 'anything', because: '' } as const;
export const unsayable = { only: [], because: 'cannot be said in chat completions' } as const;
const unknownField = { only: [], because: 'is no field of the Responses API that we know' } as const;
const stateful = { only: [], because: 'nothing is stored here: send all earlier items in `input`' } as const;

/** What becomes of every field of a request (https://platform.openai.com/docs/api-reference/responses/create). */
export const requestFields: FieldRules = {
  model: said,
  input: said,
  instructions: said,
  max_output_tokens: said,
  temperature: said,
  top_p: said,
  tools: said,
  tool_choice: said,
  parallel_tool_calls: said,
  reasoning: said,
  text: said,
  stream: said,
  metadata: said,
  user: said,
  safety_identifier: said,
  service_tier: said,
  prompt_cache_key: said,
  prompt_cache_options: said,
  prompt_cache_retention: said,

  include: said, // by what the answer has; see `refuseInclusions`
  store: said, // by the answer: `store: false`
  max_tool_calls: said, // bounds the calls of built-in tools, and there are none

  previous_response_id: stateful,
  conversation: stateful,
  prompt: { only: [], because: 'no prompts are stored here: send `instructions` and `input`' },
  background: { only: [false], because: 'nothing is stored here: the answer comes in this call or not at all' },

  truncation: { only: ['disabled'], because: 'nothing of the input is ever left out: only `disabled`' },
  top_logprobs: { only: [0], because: 'no log probabilities are given' },
  stream_options: { only: [{}, { include_obfuscation: false }], because: 'nothing is obfuscated' },
  context_management: { only: [[]], because: unsayable.because },
  moderation: unsayable,
  image: unsayable,
  access_programs: unsayable,
};

export const reasoningFields: FieldRules = {
  effort: said,
  summary: said, // by the answer: it decides where the reasoning stands
  generate_summary: said, // its name before
  mode: { only: ['standard'], because: unsayable.because },
  context: { only: ['auto'], because: unsayable.because },
};

export const textFields: FieldRules = { format: said, verbosity: said };

/**
 * What may be asked for on top. The encrypted reasoning is always there, and of what built-in tools found or of stored
 * input there is nothing to leave out; only log probabilities would be missed.
 */
export function refuseInclusions(include: readonly string[]): void {
  for (const [index, wanted] of include.entries()) {
    if (!inclusions.has(wanted)) throw inexpressible(`include.${index}`, `${wanted} is not given`);
  }
}

const inclusions = new Set([
  'reasoning.encrypted_content',
  'file_search_call.results',
  'web_search_call.results',
  'web_search_call.action.sources',
  'message.input_image.image_url',
  'computer_call_output.output.image_url',
  'code_interpreter_call.outputs',
]);

function isExpressible(value: unknown, { only }: FieldRule): boolean {
  if (only === 'anything') return true;
  const asked = JSON.stringify(value);
  return only.some((allowed) => JSON.stringify(allowed) === asked);
}
