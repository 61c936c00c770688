import { z } from 'zod';
import type { Generation } from './engine.ts';

export const MODEL_ID = 'smollm2-135m';
const DEFAULT_TOKENS = 512;

const Text = z.union([
  z.string(),
  z
    .array(z.object({ type: z.literal('text', 'this model reads text only'), text: z.string() }))
    .transform((parts) => parts.map(({ text }) => text).join('\n')),
]);

const Message = z.object({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']),
  content: Text.nullish().transform((text) => text ?? ''),
});

const ResponseFormat = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text') }),
  z.object({ type: z.literal('json_object') }),
  z.object({ type: z.literal('json_schema'), json_schema: z.object({ schema: z.record(z.string(), z.unknown()) }) }),
]);

/** https://platform.openai.com/docs/api-reference/chat/create, as far as a small model can follow it. */
export const ChatRequest = z.object({
  model: z.literal(MODEL_ID, `only ${MODEL_ID} is served here`),
  messages: z.array(Message).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().optional() }).nullish(),
  max_tokens: z.int().positive().nullish(),
  max_completion_tokens: z.int().positive().nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  seed: z.int().nonnegative().nullish(),
  stop: z
    .union([
      z
        .string()
        .min(1)
        .transform((one) => [one]),
      z.array(z.string().min(1)).max(4),
    ])
    .nullish(),
  response_format: ResponseFormat.nullish(),
  n: z.literal(1, 'one answer per request').nullish(),
  tools: z.array(z.unknown()).max(0, 'this model cannot use tools').nullish(),
});
export type ChatRequest = z.infer<typeof ChatRequest>;

export function generationOf(request: ChatRequest): Generation {
  return {
    turns: request.messages.map(({ role, content }) => ({ type: turnTypes[role], text: content })),
    maxTokens: request.max_completion_tokens ?? request.max_tokens ?? DEFAULT_TOKENS,
    temperature: request.temperature ?? 0.7,
    topP: request.top_p ?? 0.95,
    seed: request.seed ?? undefined,
    stop: request.stop ?? [],
    format: formatOf(request.response_format),
  };
}

const turnTypes = { system: 'system', developer: 'system', user: 'user', tool: 'user', assistant: 'model' } as const;

function formatOf(format: ChatRequest['response_format']): Generation['format'] {
  if (format?.type === 'json_object') return 'json';
  return format?.type === 'json_schema' ? format.json_schema.schema : undefined;
}
