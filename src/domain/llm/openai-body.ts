import { z } from 'zod';
import type { TokenUsage } from '../usage/usage.ts';

/**
 * The `usage` of a completion or of a chunk, or null when the provider did not tell. `prompt_tokens` includes
 * `cached_tokens` (https://platform.openai.com/docs/guides/prompt-caching), and `completion_tokens` the reasoning.
 */
export function usageIn(body: Record<string, unknown>): TokenUsage | null {
  const { data } = usage.safeParse(body['usage']);
  if (!data) return null;
  return {
    inputTokens: data.prompt_tokens,
    outputTokens: data.completion_tokens,
    cacheReadTokens: data.prompt_tokens_details?.cached_tokens ?? data.prompt_cache_hit_tokens ?? 0,
    cacheWriteTokens: data.prompt_tokens_details?.cache_write_tokens ?? 0,
  };
}

/** Some providers answer 200 and then say in the body that they failed. */
export function isError(body: Record<string, unknown>): boolean {
  return typeof body['error'] === 'object' && body['error'] !== null;
}

/** All that the model wrote, in a completion's message or in a chunk's delta: to count what a provider did not. */
export function writtenIn(body: Record<string, unknown>): string {
  const { data } = choices.safeParse(body['choices']);
  return (data ?? []).map(({ message, delta }) => written(message) + written(delta)).join('');
}

/** Whether it says how the answer ended; a stream that breaks after this has lost nothing. */
export function isFinished(chunk: Record<string, unknown>): boolean {
  const { data } = choices.safeParse(chunk['choices']);
  return (data ?? []).some(({ finish_reason }) => typeof finish_reason === 'string');
}

const count = z.int().nonnegative();
const details = z.object({ cached_tokens: count.nullish(), cache_write_tokens: count.nullish() });
const usage = z.object({
  prompt_tokens: count,
  completion_tokens: count,
  prompt_tokens_details: details.nullish(),
  prompt_cache_hit_tokens: count.nullish(),
});

const said = z.object({
  content: z.unknown(),
  reasoning_content: z.unknown(),
  refusal: z.unknown(),
  tool_calls: z.unknown(),
});
const choices = z.array(
  z.object({ message: said.partial().nullish(), delta: said.partial().nullish(), finish_reason: z.unknown() }),
);

function written(part: Partial<z.infer<typeof said>> | null | undefined): string {
  const texts = [part?.content, part?.reasoning_content, part?.refusal].filter((text) => typeof text === 'string');
  return texts.join('') + (part?.tool_calls ? JSON.stringify(part.tool_calls) : '');
}
