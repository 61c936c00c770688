import { nothing } from '../../../usage/usage.ts';
import type { JsonObject } from '../format.ts';
import { isObject } from '../json.ts';
import { messagesUsage } from '../messages/reading.ts';

/**
 * Anthropic's `usage` as OpenAI has it: `prompt_tokens` with all that was read from or written to the cache. What a
 * provider did not tell is 0; how much was thinking is only said where it is known.
 */
export function chatUsageOf(usage: unknown): JsonObject {
  const used = messagesUsage(usage) ?? nothing;
  const details = isObject(usage) ? usage['output_tokens_details'] : undefined;
  return {
    prompt_tokens: used.inputTokens,
    completion_tokens: used.outputTokens,
    total_tokens: used.inputTokens + used.outputTokens,
    prompt_tokens_details: {
      cached_tokens: used.cacheReadTokens,
      cache_write_tokens: used.cacheWrite5mTokens + used.cacheWrite1hTokens,
    },
    ...(isObject(details) && { completion_tokens_details: { reasoning_tokens: used.reasoningTokens } }),
  };
}
