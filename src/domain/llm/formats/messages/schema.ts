import { z } from 'zod';
import type { JsonObject } from '../format.ts';
import { isObject } from '../json.ts';

/**
 * The body of `POST /v1/messages` (https://platform.claude.com/docs/en/api/messages/create). What we use is checked;
 * everything else goes to the upstream as it came.
 */
export type MessagesRequest = z.infer<typeof messagesRequest>;

const textBlock = z.looseObject({ type: z.literal('text'), text: z.string() });
const sourcedBlock = z.looseObject({
  type: z.enum(['image', 'document']),
  source: z.looseObject({ type: z.string() }),
});
const toolUse = z.looseObject({
  type: z.literal('tool_use'),
  id: z.string().min(1),
  name: z.string().min(1),
  input: z.looseObject({}),
});
const toolResult = z.looseObject({
  type: z.literal('tool_result'),
  tool_use_id: z.string().min(1),
  content: z.union([z.string(), z.array(z.looseObject({ type: z.string() }))]).nullish(),
  is_error: z.boolean().nullish(),
});
const checkedTypes = new Set(['text', 'image', 'document', 'tool_use', 'tool_result']);
const otherBlock = z
  .looseObject({ type: z.string() })
  .refine(({ type }) => !checkedTypes.has(type), 'must have the fields of its type');
const block = z.union([textBlock, toolUse, toolResult, sourcedBlock, otherBlock]);

const customTool = z.looseObject({
  type: z.literal('custom').nullish(),
  name: z.string().min(1),
  description: z.string().nullish(),
  input_schema: z.looseObject({}),
});
const serverTool = z
  .looseObject({ type: z.string() })
  .refine(({ type }) => type !== 'custom', 'must have the fields of its type');

const outputFormat = z.looseObject({ type: z.string() }).nullish();

export const messagesRequest = z.looseObject({
  model: z.string().min(1).max(200).describe('A model or a group such as `auto`.'),
  max_tokens: z.int().nonnegative().max(10_000_000).describe('0 only warms the cache.'),
  messages: z
    .array(
      z.looseObject({
        role: z.enum(['user', 'assistant', 'system']),
        content: z.union([z.string(), z.array(block)]),
      }),
    )
    .min(1)
    .max(100_000),
  system: z.union([z.string(), z.array(textBlock)]).nullish(),
  stream: z.boolean().nullish(),
  temperature: z.number().min(0).max(1).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_k: z.int().nonnegative().nullish(),
  stop_sequences: z.array(z.string()).nullish(),
  tools: z.array(z.union([customTool, serverTool])).nullish(),
  tool_choice: z
    .looseObject({ type: z.string(), name: z.string().optional(), disable_parallel_tool_use: z.boolean().nullish() })
    .nullish(),
  thinking: z.looseObject({ type: z.string(), budget_tokens: z.int().positive().nullish() }).nullish(),
  metadata: z.looseObject({ user_id: z.string().nullish() }).nullish(),
  output_config: z.looseObject({ effort: z.string().nullish(), format: outputFormat }).nullish(),
  output_format: outputFormat.describe('The name of `output_config.format` in its beta.'),
});

/** The body of `POST /v1/messages/count_tokens`: the same without an answer to limit. */
export const countTokensRequest = messagesRequest.omit({ max_tokens: true });
export type CountTokensRequest = z.infer<typeof countTokensRequest>;

/** What a model must be able to do to answer it. Thinking that the model itself decides on asks for nothing. */
export function messagesNeeds(request: CountTokensRequest): Needed {
  const { tools, messages, thinking, output_config, output_format } = request;
  const shown = new Set(messages.flatMap(({ content }) => shownIn(content)));
  return {
    tools: (tools?.length ?? 0) > 0,
    vision: shown.has('image'),
    json: isObject(output_config?.format) || isObject(output_format),
    documents: shown.has('document'),
    reasoning: thinking?.type === 'enabled' || thinking?.type === 'between_tools',
  };
}

type Needed = { tools: boolean; vision: boolean; json: boolean; documents: boolean; reasoning: boolean };

/** Pictures and documents stand in a message, in what a tool gave back, or in a document made of blocks. */
function shownIn(content: unknown): unknown[] {
  return Array.isArray(content) ? content.filter(isObject).flatMap(shownBy) : [];
}

function shownBy({ type, content, source }: JsonObject): unknown[] {
  if (type === 'tool_result') return shownIn(content);
  if (type !== 'document' || !isObject(source)) return [type];
  if (source['type'] === 'content') return shownIn(source['content']);
  return source['type'] === 'text' ? [] : [type];
}
