import { z } from 'zod';

/**
 * The body of `POST /v1/responses` (https://platform.openai.com/docs/api-reference/responses/create). Only the outline
 * is checked here; what each field and each item may say is `responses-to-chat`'s to judge.
 */
export type ResponsesRequest = z.infer<typeof responsesRequest>;

const item = z.looseObject({ type: z.string().nullish(), role: z.string().nullish() });
const typed = z.looseObject({ type: z.string() });
const tokens = z.int().positive().max(10_000_000);

const reasoning = z.looseObject({
  effort: z.string().nullish(),
  summary: z.enum(['auto', 'concise', 'detailed']).nullish(),
  generate_summary: z.enum(['auto', 'concise', 'detailed']).nullish(),
});

export const responsesRequest = z.looseObject({
  model: z.string().min(1).max(200).describe('A model or a group such as `auto`.'),
  input: z.union([z.string(), z.array(item).min(1)]),
  instructions: z.string().nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_obfuscation: z.boolean().nullish() }).nullish(),
  max_output_tokens: tokens.nullish(),
  max_tool_calls: z.int().positive().nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  tools: z.array(typed).nullish(),
  tool_choice: z.union([z.string(), typed]).nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  reasoning: reasoning.nullish(),
  text: z.looseObject({ format: typed.nullish(), verbosity: z.string().nullish() }).nullish(),
  include: z.array(z.string()).nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
  user: z.string().nullish(),
  store: z.boolean().nullish().describe('Nothing is stored: the answer says `false` whatever is asked.'),
  truncation: z.string().nullish(),
  background: z.boolean().nullish(),
  previous_response_id: z.string().nullish(),
});
