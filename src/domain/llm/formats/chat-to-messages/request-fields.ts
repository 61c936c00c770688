import type { ChatRequest } from '../chat/request.ts';
import { inexpressible } from '../format.ts';

/**
 * Refuses a field that would change the answer and has no counterpart in Anthropic Messages. A field that OpenAI does
 * not know either is refused by its name: we cannot tell what it would have done.
 * @throws AppError `invalid_request`
 */
export function refuseInexpressibleFields(body: ChatRequest): void {
  for (const [name, value] of Object.entries(body)) {
    if (value === null || value === undefined || isExpressible(name, value)) continue;
    throw inexpressible(name, 'has no counterpart in the Anthropic format of the model that would answer');
  }
}

/**
 * What becomes of every field of a chat request (https://platform.openai.com/docs/api-reference/chat/create).
 * - `said`: is said in the other format too, in `request.ts` and the files beside it.
 * - `hint`: asks for storage, speed or attribution and does not change what a good answer is; it is dropped.
 * - `only`: has no counterpart, but these values ask for nothing.
 */
export const requestFields: Readonly<Record<string, FieldRule>> = {
  model: 'said',
  messages: 'said',
  max_tokens: 'said',
  max_completion_tokens: 'said',
  stream: 'said',
  temperature: 'said',
  top_p: 'said',
  stop: 'said',
  tools: 'said',
  tool_choice: 'said',
  parallel_tool_calls: 'said',
  response_format: 'said',
  reasoning_effort: 'said',
  service_tier: 'said',
  user: 'said', // these three name the end user: metadata.user_id, safety_identifier, user
  safety_identifier: 'said',
  metadata: 'said', // its other keys are for OpenAI's own dashboard

  thinking: 'said', // not OpenAI's: Anthropic's own fields, as clients of LiteLLM send them
  top_k: 'said',
  cache_control: 'said',

  store: 'hint', // keeps the answer in OpenAI's dashboard
  stream_options: 'hint', // the gateway itself gives or strips the usage
  prompt_cache_key: 'hint', // routing towards a warm cache
  prompt_cache_retention: 'hint',
  prompt_cache_options: 'hint',
  prediction: 'hint', // only makes an expected answer faster
  seed: 'hint', // OpenAI promises best effort and no more, and calls it deprecated

  n: { only: [1] },
  logprobs: { only: [false] },
  top_logprobs: { only: [0] },
  logit_bias: { only: [{}] },
  frequency_penalty: { only: [0] },
  presence_penalty: { only: [0] },
  modalities: { only: [['text']] },
  verbosity: { only: ['medium'] },
  functions: { only: [[]] }, // deprecated: `tools` says it
  function_call: { only: ['none', 'auto'] },
  audio: { only: [] },
  moderation: { only: [] },
  web_search_options: { only: [] },
};

type FieldRule = 'said' | 'hint' | { only: readonly unknown[] };

function isExpressible(name: string, value: unknown): boolean {
  const rule = Object.hasOwn(requestFields, name) ? requestFields[name] : undefined;
  if (rule === undefined || typeof rule === 'string') return rule !== undefined;
  const said = JSON.stringify(value);
  return rule.only.some((allowed) => JSON.stringify(allowed) === said);
}
