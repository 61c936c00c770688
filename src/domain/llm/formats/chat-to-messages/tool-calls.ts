import type { JsonObject } from '../format.ts';
import { isObject } from '../json.ts';

/**
 * The arguments of a call as an object, or null when they are none. A model that calls without arguments writes
 * nothing or `null`.
 */
export function parseToolInput(argumentText: string): JsonObject | null {
  if (argumentText.trim() === '') return {};
  const input = parsed(argumentText);
  return input === null ? {} : isObject(input) ? input : null;
}

/** Undefined for what is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The id under which a call and its result find each other. Anthropic takes letters, digits, `_` and `-`; others write
 * ids such as `functions.search:0`, and a conversation may go from one to the other.
 */
export function toolUseId(id: string): string {
  return id.replaceAll(/[^\w-]/g, '_');
}
