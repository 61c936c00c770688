import { z } from 'zod';
import { inexpressible } from '../format.ts';
import type { JsonObject } from '../format.ts';
import { textIn } from '../json.ts';
import { readAt } from './read-at.ts';

export type InputItem = z.infer<typeof inputItem>;
export type InputPart = z.infer<typeof inputPart>;
export type AssistantPart = z.infer<typeof assistantPart>;

/**
 * One item of `input`. A message may leave its type out, and so may a reference.
 * @throws AppError `invalid_request` for an item of a type that only OpenAI's own tools make, for one that is stored
 * elsewhere, and for a field that is wrong
 */
export function readInputItem(item: JsonObject, path: string): InputItem {
  const type = item['type'] ?? (item['role'] ? 'message' : 'item_reference');
  if (type === 'item_reference') throw inexpressible(path, 'nothing is stored here: send the item itself');
  if (!itemTypes.has(type)) throw inexpressible(`${path}.type`, `${textIn(type)} cannot be said in chat completions`);
  return readAt(inputItem, item['type'] === type ? item : { ...item, type }, path);
}

const itemTypes = new Set<unknown>(['message', 'function_call', 'function_call_output', 'reasoning']);

const unsayable = { error: 'cannot be said in chat completions' };
const absent = z.null(unsayable).optional();
const breakpoint = z.looseObject({ mode: z.string() }).nullish();

const inputText = z.looseObject({
  type: z.literal('input_text'),
  text: z.string(),
  prompt_cache_breakpoint: breakpoint,
});
const inputImage = z.looseObject({
  type: z.literal('input_image'),
  image_url: z.string({ error: 'is required: files are not stored here' }),
  file_id: absent,
  detail: z.string().nullish(),
  prompt_cache_breakpoint: breakpoint,
});
const inputFile = z.looseObject({
  type: z.literal('input_file'),
  file_id: absent,
  file_url: absent,
  file_data: z.string({ error: 'is required: files are neither stored nor fetched here' }),
  filename: z.string().nullish(),
  detail: z.literal('auto', unsayable).nullish(),
  prompt_cache_breakpoint: breakpoint,
});
const outputText = z.looseObject({ type: z.literal('output_text'), text: z.string() });
const refusal = z.looseObject({ type: z.literal('refusal'), refusal: z.string() });

const inputPart = z.discriminatedUnion('type', [inputText, inputImage, inputFile], unsayable);
const assistantPart = z.discriminatedUnion('type', [outputText, refusal, inputText], unsayable);

const callerless = { namespace: absent, caller: z.looseObject({ type: z.literal('direct', unsayable) }).nullish() };

const message = z.discriminatedUnion('role', [
  z.looseObject({
    type: z.literal('message'),
    role: z.enum(['user', 'system', 'developer']),
    content: z.union([z.string(), z.array(inputPart)]),
  }),
  z.looseObject({
    type: z.literal('message'),
    role: z.literal('assistant'),
    content: z.union([z.string(), z.array(assistantPart)]),
  }),
]);

const inputItem = z.discriminatedUnion('type', [
  message,
  z.looseObject({
    type: z.literal('function_call'),
    call_id: z.string().min(1),
    name: z.string(),
    arguments: z.string(),
    ...callerless,
  }),
  z.looseObject({
    type: z.literal('function_call_output'),
    call_id: z.string().min(1),
    output: z.union([z.string(), z.array(inputPart)]),
    ...callerless,
  }),
  z.looseObject({ type: z.literal('reasoning'), encrypted_content: z.string().nullish() }),
]);
