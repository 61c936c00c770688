import type { JsonObject } from '../format.ts';
import { textIn } from '../json.ts';

/**
 * A block for `thinking_blocks`, as Anthropic wants it back. Thinking that nobody signed would be refused, so it is none.
 */
export function storedThinking({ type, thinking, signature, data }: JsonObject): JsonObject[] {
  if (type === 'redacted_thinking') return [{ type, data }];
  if (type !== 'thinking' || textIn(signature) === '') return [];
  return [{ type, thinking: textIn(thinking), signature }];
}
