import { nothing } from '../../../usage/usage.ts';
import type { Consumption } from '../../../usage/usage.ts';
import type { JsonObject } from '../format.ts';
import { countIn, isObject, listIn, objectIn, textIn } from '../json.ts';

/**
 * The `usage` of a message, or null when there is none. Anthropic's `input_tokens` leaves out what was read from and
 * written to the cache (https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching); ours is the sum of all.
 */
export function messagesUsage(usage: unknown): Consumption | null {
  if (!isObject(usage) || typeof usage['input_tokens'] !== 'number') return null;
  const read = countIn(usage['cache_read_input_tokens']);
  const written = countIn(usage['cache_creation_input_tokens']);
  const forAnHour = Math.min(countIn(objectIn(usage['cache_creation'])['ephemeral_1h_input_tokens']), written);
  return {
    ...nothing,
    inputTokens: countIn(usage['input_tokens']) + read + written,
    outputTokens: countIn(usage['output_tokens']),
    cacheReadTokens: read,
    cacheWrite5mTokens: written - forAnHour,
    cacheWrite1hTokens: forAnHour,
    reasoningTokens: countIn(objectIn(usage['output_tokens_details'])['thinking_tokens']),
  };
}

/** All that the model wrote in the blocks of a message: to count what a provider did not. */
export function messagesWritten(body: JsonObject): string {
  return listIn(body['content']).map(blockWritten).join('');
}

function blockWritten(block: unknown): string {
  if (!isObject(block)) return '';
  const texts = textIn(block['text']) + textIn(block['thinking']) + textIn(block['name']);
  return block['input'] === undefined ? texts : texts + JSON.stringify(block['input']);
}

/** The same of one event of a stream. */
export function eventWritten({ type, delta, content_block }: JsonObject): string {
  if (type === 'content_block_start') return textIn(objectIn(content_block)['name']);
  if (type !== 'content_block_delta') return '';
  const said = objectIn(delta);
  return textIn(said['text']) + textIn(said['thinking']) + textIn(said['partial_json']);
}

/** The text of an event that is a piece of text; else null. */
export function eventText({ type, delta }: JsonObject): string | null {
  const { type: kind, text, ...more } = objectIn(delta);
  const isAlone = type === 'content_block_delta' && kind === 'text_delta' && Object.keys(more).length === 0;
  return isAlone && typeof text === 'string' ? text : null;
}
