import { nothing } from '../../../usage/usage.ts';
import type { Consumption } from '../../../usage/usage.ts';
import type { JsonObject } from '../format.ts';
import { countIn, isObject } from '../json.ts';

/** The `usage` of a list of embeddings, or null when the provider did not tell. Nothing is written, so nothing comes out. */
export function embeddingsUsage({ usage }: JsonObject): Consumption | null {
  if (!isObject(usage)) return null;
  const inputTokens = countIn(usage['prompt_tokens']) || countIn(usage['total_tokens']);
  return inputTokens > 0 ? { ...nothing, inputTokens } : null;
}
