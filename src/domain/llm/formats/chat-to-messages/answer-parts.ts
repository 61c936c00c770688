import type { JsonObject } from '../format.ts';
import { listIn, objectIn, textIn } from '../json.ts';

/**
 * The thinking in a message or a delta, in pieces: LiteLLM's `thinking_blocks`, which carry signatures, or else the
 * `reasoning_content` of DeepSeek, Qwen, Kimi and others, which vLLM and OpenRouter call `reasoning`.
 */
export function thinkingIn(said: JsonObject): JsonObject[] {
  const blocks = said['thinking_blocks'];
  if (Array.isArray(blocks) && blocks.length > 0) return blocks.map(objectIn);
  const text = textIn(said['reasoning_content']) || textIn(said['reasoning']);
  return text === '' ? [] : [{ type: 'thinking', thinking: text }];
}

/** The text in a message or a delta; some providers send it in parts. */
export function contentIn({ content }: JsonObject): string {
  if (typeof content === 'string') return content;
  return listIn(content)
    .map((part) => textIn(objectIn(part)['text']))
    .join('');
}

/** Arguments are a text; some providers send the object itself. */
export function argumentsIn(called: JsonObject): string {
  const given = called['arguments'];
  return typeof given === 'object' && given !== null ? JSON.stringify(given) : textIn(given);
}
