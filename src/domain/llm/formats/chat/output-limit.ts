import type { JsonObject } from '../format.ts';

/** The most that a model may write, under the name that it heeds: what it does not heed would overrun the reservation. */
export function outputLimit(maxTokens: number, model: string): JsonObject {
  return OPENAI_REASONING_MODEL.test(model) ? { max_completion_tokens: maxTokens } : { max_tokens: maxTokens };
}

/** They refuse `max_tokens`; other providers of the format know only that. */
const OPENAI_REASONING_MODEL = /^(?:openai\/)?(?:o\d|gpt-[5-9])/;
