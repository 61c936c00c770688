import { nothing } from '../../../usage/usage.ts';
import type { Consumption } from '../../../usage/usage.ts';
import type { JsonObject } from '../format.ts';
import { countIn, isObject, listIn, objectIn } from '../json.ts';

/** How many pictures an answer holds: each is an object with a `url` or a `b64_json`. */
export const picturesIn = ({ data }: JsonObject): number => listIn(data).filter(isObject).length;

/** The `usage` of models that bill pictures by tokens, such as gpt-image-1; null when the provider did not tell. */
export function imageTokens({ usage }: JsonObject): Consumption | null {
  if (!isObject(usage) || typeof usage['output_tokens'] !== 'number') return null;
  return {
    ...nothing,
    inputTokens: countIn(usage['input_tokens']),
    outputTokens: countIn(usage['output_tokens']),
    cacheReadTokens: countIn(objectIn(usage['input_tokens_details'])['cached_tokens']),
  };
}
