import { z } from 'zod';

/**
 * The body of `POST /v1/chat/completions` (https://platform.openai.com/docs/api-reference/chat/create). What we use is
 * checked; everything else goes to the upstream as it came.
 */
export type ChatRequest = z.infer<typeof chatRequest>;

const textPart = z.looseObject({ type: z.literal('text'), text: z.string() });
const imagePart = z.looseObject({ type: z.literal('image_url'), image_url: z.looseObject({ url: z.string() }) });
const otherPart = z
  .looseObject({ type: z.string() })
  .refine(({ type }) => type !== 'text' && type !== 'image_url', 'must have the fields of its type');
const content = z.union([z.string(), z.array(z.union([textPart, imagePart, otherPart]))]);

const toolCall = z.looseObject({
  id: z.string(),
  type: z.string(),
  function: z.looseObject({ name: z.string(), arguments: z.string() }).optional(),
});

const message = z
  .looseObject({
    role: z.enum(['system', 'developer', 'user', 'assistant', 'tool', 'function']),
    content: content.nullish(),
    name: z.string().optional(),
    tool_calls: z.array(toolCall).nullish(),
    tool_call_id: z.string().optional(),
  })
  .refine(({ role, content: said }) => role === 'assistant' || (said !== null && said !== undefined), {
    path: ['content'],
    message: 'is required',
  });

const tokens = z.int().positive().max(10_000_000);

export const chatRequest = z
  .looseObject({
    model: z.string().min(1).max(200).describe('A model or a group such as `auto`.'),
    messages: z.array(message).min(1),
    stream: z.boolean().nullish(),
    stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
    max_tokens: tokens.nullish(),
    max_completion_tokens: tokens.nullish(),
    n: z.literal(1).nullish(),
    temperature: z.number().min(0).max(2).nullish(),
    top_p: z.number().min(0).max(1).nullish(),
    stop: z.union([z.string(), z.array(z.string()).max(16)]).nullish(),
    tools: z.array(z.looseObject({ type: z.string() })).nullish(),
    tool_choice: z.union([z.string(), z.looseObject({})]).nullish(),
    response_format: z.looseObject({ type: z.string() }).nullish(),
  })
  .refine(({ max_tokens: old, max_completion_tokens: limit }) => !old || !limit || old === limit, {
    path: ['max_tokens'],
    message: 'is another limit than max_completion_tokens',
  });

/** What a model must be able to do to answer it. */
export function needsOf(request: ChatRequest): Needed {
  const parts = request.messages.flatMap(({ content: said }) => (Array.isArray(said) ? said : []));
  return {
    tools: (request.tools?.length ?? 0) > 0,
    vision: parts.some(({ type }) => type === 'image_url'),
    documents: parts.some(({ type }) => type === 'file'),
    json: request.response_format?.type.startsWith('json') ?? false,
  };
}

type Needed = { tools: boolean; vision: boolean; documents: boolean; json: boolean };

/** The most tokens that the caller lets a model write; null when it is the model that decides. */
export function outputLimitOf(request: ChatRequest): number | null {
  return request.max_completion_tokens ?? request.max_tokens ?? null;
}
