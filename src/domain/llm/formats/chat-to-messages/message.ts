import { randomUUID } from 'node:crypto';
import { chatUsage } from '../chat/reading.ts';
import type { JsonObject } from '../format.ts';
import { textIn } from '../json.ts';

/** A message of Anthropic's format before anything is in it: what a stream starts with. */
export function emptyMessage({ id, model, usage }: { id: string; model: string; usage: JsonObject }): JsonObject {
  return {
    id,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    usage,
  };
}

/** Anthropic's ids begin with `msg_`; the rest stays, so that a log of the upstream can be searched for it. */
export function messageId({ id }: JsonObject): string {
  const given = textIn(id).replace(/^(?:chatcmpl-|msg_)/, '');
  return `msg_${given || randomUUID()}`;
}

/** For a call that its model gave no id. */
export function missingCallId(id: string, position: number): string {
  return `toolu_${id.slice('msg_'.length)}_${position}`;
}

/**
 * The usage of an answer or chunk, or null when it tells none. OpenAI's `prompt_tokens` includes what was read from and
 * written to the cache, Anthropic's `input_tokens` does not
 * (https://platform.claude.com/docs/en/build-with-claude/prompt-caching).
 */
export function usageIn(body: JsonObject): JsonObject | null {
  const told = chatUsage(body);
  if (!told) return null;
  const written = told.cacheWrite5mTokens + told.cacheWrite1hTokens;
  return {
    input_tokens: Math.max(0, told.inputTokens - told.cacheReadTokens - written),
    cache_creation_input_tokens: written,
    cache_read_input_tokens: told.cacheReadTokens,
    output_tokens: told.outputTokens,
    ...(told.reasoningTokens > 0 && { output_tokens_details: { thinking_tokens: told.reasoningTokens } }),
  };
}

/** The usage of an answer whose upstream has not told any: what went in as far as we know it, and nothing out. */
export function usageUntold(inputTokens: number): JsonObject {
  return {
    input_tokens: inputTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    output_tokens: 0,
  };
}
