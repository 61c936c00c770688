import { nothing } from '../../../usage/usage.ts';
import type { Consumption } from '../../../usage/usage.ts';
import type { JsonObject } from '../format.ts';
import { countIn, isObject, listIn, objectIn, textIn } from '../json.ts';

/**
 * The `usage` of a completion or of a chunk, or null when the provider did not tell. `prompt_tokens` includes
 * `cached_tokens` (https://platform.openai.com/docs/guides/prompt-caching), and `completion_tokens` the reasoning.
 */
export function chatUsage({ usage }: JsonObject): Consumption | null {
  if (!isObject(usage) || typeof usage['prompt_tokens'] !== 'number') return null;
  const input = objectIn(usage['prompt_tokens_details']);
  const output = objectIn(usage['completion_tokens_details']);
  return {
    ...nothing,
    inputTokens: countIn(usage['prompt_tokens']),
    outputTokens: countIn(usage['completion_tokens']),
    cacheReadTokens: countIn(input['cached_tokens']) || countIn(usage['prompt_cache_hit_tokens']),
    cacheWrite5mTokens: countIn(input['cache_write_tokens']),
    reasoningTokens: countIn(output['reasoning_tokens']),
  };
}

/** Some providers answer 200 and then say in the body, or in an event, that they failed. */
export function errorSaid({ error }: JsonObject): string | null {
  if (typeof error === 'string') return error;
  return isObject(error) ? textIn(error['message']) || 'The model reported an error.' : null;
}

/** All that the model wrote, in a completion's message or in a chunk's delta: to count what a provider did not. */
export function chatWritten(body: JsonObject): string {
  let written = '';
  for (const choice of listIn(body['choices'])) {
    if (!isObject(choice)) continue;
    written += saidIn(choice['message']) + saidIn(choice['delta']);
  }
  return written;
}

/** The text of a chunk that says nothing but text; else null. */
export function chatText({ choices, usage, error }: JsonObject): string | null {
  const [choice, ...others] = listIn(choices);
  if (!isObject(choice) || others.length > 0 || isObject(usage) || error !== undefined) return null;
  const { delta, finish_reason: finish } = choice;
  if (!isObject(delta) || typeof finish === 'string') return null;
  const isAlone = Object.entries(delta).every(([name, value]) => name === 'content' || value === null);
  return isAlone && typeof delta['content'] === 'string' ? delta['content'] : null;
}

function saidIn(part: unknown): string {
  if (!isObject(part)) return '';
  const texts = textIn(part['content']) + textIn(part['reasoning_content']) + textIn(part['refusal']);
  const calls = listIn(part['tool_calls']);
  return calls.length === 0 ? texts : texts + calls.map(callIn).join('');
}

function callIn(call: unknown): string {
  const asked = objectIn(objectIn(call)['function']);
  return textIn(asked['name']) + textIn(asked['arguments']);
}
